"""The types that a skops file may name, exactly; everything else is listed and refused.

Left out on purpose: support vector machines and nearest neighbours (their compiled code walks
indices from the file without looking at them), isotonic calibration, and whatever calls a function
that the file names.
"""

from __future__ import annotations

_LINEAR = (
    "_logistic.LogisticRegression", "_logistic.LogisticRegressionCV", "_base.LinearRegression",
    "_ridge.Ridge", "_ridge.RidgeCV", "_ridge.RidgeClassifier", "_ridge.RidgeClassifierCV",
    "_coordinate_descent.Lasso", "_coordinate_descent.LassoCV",
    "_coordinate_descent.ElasticNet", "_coordinate_descent.ElasticNetCV",
    "_stochastic_gradient.SGDClassifier", "_stochastic_gradient.SGDRegressor",
    "_bayes.BayesianRidge", "_huber.HuberRegressor",
)  # fmt: skip
_ENSEMBLE = (
    "_forest.RandomForestClassifier", "_forest.RandomForestRegressor",
    "_forest.ExtraTreesClassifier", "_forest.ExtraTreesRegressor",
    "_gb.GradientBoostingClassifier", "_gb.GradientBoostingRegressor",
    "_hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
    "_hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
    "_hist_gradient_boosting.binning._BinMapper",
    "_hist_gradient_boosting.predictor.TreePredictor",
    "_voting.VotingClassifier", "_voting.VotingRegressor",
    "_weight_boosting.AdaBoostClassifier",
)  # fmt: skip
_PREPROCESSING = (
    "_data.StandardScaler", "_data.MinMaxScaler", "_data.MaxAbsScaler", "_data.RobustScaler",
    "_data.PowerTransformer", "_data.QuantileTransformer", "_data.Binarizer",
    "_encoders.OneHotEncoder", "_encoders.OrdinalEncoder", "_target_encoder.TargetEncoder",
    "_discretization.KBinsDiscretizer", "_polynomial.PolynomialFeatures",
    "_function_transformer.FunctionTransformer", "_label.LabelEncoder", "_label.LabelBinarizer",
)  # fmt: skip
_LOSSES = (
    "AbsoluteError", "ExponentialLoss", "HalfBinomialLoss", "HalfGammaLoss", "HalfPoissonLoss",
    "HalfSquaredError", "HuberLoss", "PinballLoss",
)  # fmt: skip
_LINKS = ("HalfLogitLink", "IdentityLink", "Interval", "LogitLink", "LogLink")
_NUMBERS = tuple(
    f"numpy.{name}"
    for name in (
        "bool", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "str_", "longlong", "ulonglong", "intc", "uintc",
    )
)  # fmt: skip

OBJECTS = frozenset({
    *(f"sklearn.linear_model.{name}" for name in _LINEAR),
    *(f"sklearn.ensemble.{name}" for name in _ENSEMBLE),
    *(f"sklearn.preprocessing.{name}" for name in _PREPROCESSING),
    *(f"sklearn._loss.loss.{name}" for name in _LOSSES),
    *(f"sklearn._loss.link.{name}" for name in _LINKS),
    "sklearn.pipeline.Pipeline", "sklearn.pipeline.FeatureUnion",
    "sklearn.compose._column_transformer.ColumnTransformer",
    "sklearn.impute._base.SimpleImputer", "sklearn.impute._base.MissingIndicator",
    "sklearn.dummy.DummyClassifier", "sklearn.dummy.DummyRegressor",
    "sklearn.tree._classes.DecisionTreeClassifier", "sklearn.tree._classes.DecisionTreeRegressor",
    "sklearn.tree._classes.ExtraTreeClassifier", "sklearn.tree._classes.ExtraTreeRegressor",
    "sklearn.naive_bayes.GaussianNB", "sklearn.naive_bayes.BernoulliNB",
    "sklearn.naive_bayes.CategoricalNB",
    "sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
    "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis",
    "sklearn.neural_network._multilayer_perceptron.MLPClassifier",
    "sklearn.neural_network._multilayer_perceptron.MLPRegressor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.decomposition._pca.PCA",
    "sklearn.feature_selection._univariate_selection.SelectKBest",
    "sklearn.feature_selection._variance_threshold.VarianceThreshold",
    "sklearn.calibration.CalibratedClassifierCV", "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration", "sklearn.frozen._frozen.FrozenEstimator",
})  # fmt: skip

_FUNCTIONS = frozenset({
    # native categories of histogram boosting carry this one
    "sklearn.utils.validation.check_array",
    # scores for choosing columns; not called when a model scores
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    *(f"numpy.{name}" for name in ("log", "log1p", "log2", "log10", "sqrt", "exp", "expm1")),
    "numpy.square",
    "numpy.abs", "numpy.absolute",
})  # fmt: skip

# By loader of skops (the way an object is rebuilt), the types that it may rebuild.
ALLOWED: dict[str, frozenset[str]] = {
    "ObjectNode": OBJECTS,
    "JsonNode": frozenset({"builtins.str"}),
    "DictNode": frozenset({
        "builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch",
    }),
    "ListNode": frozenset({"builtins.list"}),
    "TupleNode": frozenset({"builtins.tuple"}),
    "SetNode": frozenset({"builtins.set"}),
    "SliceNode": frozenset({"builtins.slice"}),
    "NdArrayNode": frozenset({"numpy.ndarray", *_NUMBERS}),
    "DTypeNode": frozenset({"numpy.dtype"}),
    "RandomStateNode": frozenset({"numpy.random.mtrand.RandomState"}),
    "RandomGeneratorNode": frozenset({"numpy.random._generator.Generator"}),
    "TypeNode": frozenset({
        "builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.NoneType",
        "numpy.dtype", *_NUMBERS,
    }),
    "FunctionNode": _FUNCTIONS,
    "PartialNode": frozenset({"functools.partial"}),
    "TreeNode": frozenset({"sklearn.tree._tree.Tree"}),
    "LossNode": frozenset(
        f"sklearn._loss._loss.Cy{name}" for name in _LOSSES
    ),
}  # fmt: skip

# What skops itself asks about each time; never more than this is passed on as trusted.
ASKED = frozenset().union(*ALLOWED.values())
