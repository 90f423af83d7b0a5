@echo off
rem Starts the demonstration from this folder alone: no network, no administrator rights.
rem Plain ASCII: an older console shows nothing else rightly.
setlocal
chcp 65001 >nul
set PYTHONUTF8=1
rem A launcher that cannot find a version must not fetch it from the network.
set PYTHON_MANAGER_AUTOMATIC_INSTALL=false
set "HERE=%~dp0"
if "%ALGO_AUDIT_HOME%"=="" set "ALGO_AUDIT_HOME=%USERPROFILE%\algo-audit"
set "CASE=%~1"
if "%CASE%"=="" set "CASE=recruitment"
set "PYTHON="
for %%P in ("py -3.13" "py -3.12" "py -3.11" "python" "python3") do (
  if not defined PYTHON (
    %%~P -c "import sys, sysconfig, ensurepip; sys.exit(sysconfig.get_platform() != 'win-amd64' or not (3, 11) <= sys.version_info[:2] <= (3, 13))" >nul 2>nul && set "PYTHON=%%~P"
  )
)
if not defined PYTHON (
  echo Python 3.11, 3.12 or 3.13, 64 bits, is needed: ask for it in the software catalogue.
  echo Python 3.11, 3.12 ou 3.13, 64 bits, est necessaire : le demander au catalogue de logiciels.
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
rem This window stays, with the command at hand for a file of one's own.
set "PATH=%ALGO_AUDIT_HOME%\env\Scripts;%PATH%"
echo.
echo Votre fichier / your own file:  algo-audit init "C:\...\export.xlsx"
cmd /k
exit /b 0
:failed
echo Something failed: see above. / Une etape a echoue : voir ci-dessus.
pause
exit /b 1
