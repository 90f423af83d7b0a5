@echo off
rem Starts the demonstration from this folder alone: no network, no administrator rights.
rem Plain ASCII: an older console shows nothing else rightly.
setlocal
chcp 65001 >nul
set PYTHONUTF8=1
set "HERE=%~dp0"
if "%ALGO_AUDIT_HOME%"=="" set "ALGO_AUDIT_HOME=%USERPROFILE%\algo-audit"
set "CASE=%~1"
if "%CASE%"=="" set "CASE=recruitment"
set "PYTHON="
for %%P in ("py -3.13" "py -3.12" "py -3.11" "python" "python3") do (
  if not defined PYTHON (
    %%~P -c "import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" >nul 2>nul && set "PYTHON=%%~P"
  )
)
if not defined PYTHON (
  echo Python 3.11, 3.12 or 3.13 is needed: ask for it in the software catalogue.
  echo Python 3.11, 3.12 ou 3.13 est necessaire : le demander au catalogue de logiciels.
  pause
  exit /b 1
)
if not exist "%ALGO_AUDIT_HOME%" mkdir "%ALGO_AUDIT_HOME%"
if not exist "%ALGO_AUDIT_HOME%\env\Scripts\algo-audit.exe" (
  echo Installation... / Installing...
  %PYTHON% -m venv "%ALGO_AUDIT_HOME%\env" || goto failed
  "%ALGO_AUDIT_HOME%\env\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --no-index --find-links "%HERE%wheels" algo_audit || goto failed
)
cd /d "%ALGO_AUDIT_HOME%"
"%ALGO_AUDIT_HOME%\env\Scripts\algo-audit.exe" demo %CASE% || goto failed
start "" "%ALGO_AUDIT_HOME%\audit-%CASE%\audit.fr.html"
pause
exit /b 0
:failed
echo Something failed: see above. / Une etape a echoue : voir ci-dessus.
pause
exit /b 1
