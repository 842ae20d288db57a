"""Manifests: their parts, their rules, their settings, and the document that they are written in."""

from __future__ import annotations

import copy
import pickle
import tomllib

from pathlib import Path

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import (
    Author,
    Capability,
    CapabilityDeclaration,
    ConfigOption,
    ConfigProperty,
    ConfigSchema,
    ConfigType,
    Constraint,
    CpuRequirements,
    ExtensionDependency,
    ExtensionId,
    ExtensionInvalidManifestError,
    ExtensionManifest,
    ExtensionType,
    FieldError,
    GpuRequirements,
    LifecycleConfig,
    MemoryRequirements,
    NetworkRequirements,
    ResourceRequirements,
    RestartPolicy,
    StartupPriority,
    StorageRequirements,
    Validatable,
    Version,
    VersionRequirement,
    manifest_from_toml_document,
)


ID = ExtensionId.parse("67e55044-10b1-426f-9247-bb680e5fe0c8")
V1 = Version(1, 0, 0)
SECRET = "hunter2hunter2"


def manifest(**changes: object) -> ExtensionManifest:
    """Make a manifest that is right but for *changes*."""
    fields = {
        "id": ID,
        "name": "code-review",
        "version": Version(1, 2, 3),
        "extension_type": ExtensionType.INSTRUMENT,
        "authors": [Author(name="Ada")],
        "entry_point": "code_review.main:Reviewer",
    }
    return ExtensionManifest(**{**fields, **changes})


def text(name: str, **rest: object) -> ConfigProperty:
    """Make a setting that takes text."""
    return ConfigProperty(name=name, property_type=ConfigType.STRING, **rest)


def codes(issues: object) -> list[tuple[str, tuple[str | int, ...]]]:
    """Return what is wrong and where, without the words."""
    return [(issue.code, issue.path) for issue in issues]


# The manifest itself


def test_defaults_and_names():
    """A small manifest is valid, and qualified by its publisher."""
    made = manifest()

    assert made.validation_errors() == ()
    made.validate()
    assert isinstance(made, Validatable)
    assert made.schema_version == V1
    assert made.license == "UNLICENSED"
    assert made.qualified_name() == "code-review"
    assert manifest(publisher="acme").qualified_name() == "acme.code-review"


def test_default_settings_are_copied():
    """What the caller changes later stays out of the manifest."""
    settings = {"mode": "fast"}
    made = manifest(default_config=settings)
    settings["mode"] = "slow"
    assert made.default_config == {"mode": "fast"}


def test_it_is_a_value_without_a_hash():
    """It compares, copies and pickles; holding any settings it does not hash."""
    made = manifest(default_config={"a": 1}, permissions=[Capability.FILE_READ])

    assert made == copy.deepcopy(made) == pickle.loads(pickle.dumps(made))
    with pytest.raises(TypeError):
        hash(made)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "a"},
        {"name": "a" * 64},
        {"name": "a1-b2"},
        {"display_name": "x" * 128},
        {"description": "x" * 500},
        {"tags": [str(number) for number in range(20)]},
        {"license": "MIT OR (Apache-2.0 AND BSD-3-Clause)"},
        {"homepage": "https://example.org"},
        {"entry_point": "main.py"},
        {"entry_point": "lib/native/libreview.so"},
        {"entry_point": "pkg.mod:Class"},
        {"entry_point": "..hidden/x"},
        {"default_config": {}},
        {"default_config": None},
    ],
)
def test_what_fields_take(changes):
    """The limits themselves are still fine."""
    made = manifest(**changes)

    for name, value in changes.items():
        taken = getattr(made, name)
        assert (list(taken) if isinstance(value, list) else taken) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", str(ID)),
        ("name", ""),
        ("name", "Code"),
        ("name", "a--b"),
        ("name", "-a"),
        ("name", "a-"),
        ("name", "1a"),
        ("name", "a_b"),
        ("name", "a" * 65),
        ("name", "a\n"),
        ("display_name", ""),
        ("display_name", "x" * 129),
        ("version", "1.2.3"),
        ("description", "x" * 501),
        ("extension_type", "Instrument"),
        ("categories", ["a", "a"]),
        ("categories", "a"),
        ("tags", [str(number) for number in range(21)]),
        ("tags", ["a", "a"]),
        ("authors", []),
        ("authors", ["Ada"]),
        ("publisher", "Acme"),
        ("license", ""),
        ("license", "MIT; rm"),
        ("homepage", "ftp://example.org"),
        ("homepage", "https://"),
        ("repository", "example.org"),
        ("entry_point", ""),
        ("entry_point", "/usr/bin/x"),
        ("entry_point", "\\\\server\\x"),
        ("entry_point", "C:\\x"),
        ("entry_point", "../x"),
        ("entry_point", "a/../../x"),
        ("entry_point", "a\\..\\x"),
        ("entry_point", "a\0b"),
        ("entry_point", None),
        ("min_symphony_version", "1.0.0"),
        ("permissions", [Capability.FILE_READ, Capability.FILE_READ]),
        ("permissions", ["FileRead"]),
        ("provides", ["ai.inference"]),
        ("dependencies", {"x": "^1"}),
        ("resources", None),
        ("config_schema", {}),
        ("default_config", []),
        ("lifecycle", None),
    ],
)
def test_bad_fields_are_refused(field, value):
    """Each field says what is wrong with it."""
    with pytest.raises(FieldError) as caught:
        manifest(**{field: value})
    assert caught.value.path[0] == field


@pytest.mark.parametrize("name", ["code-review", "acme.code-review", str(ID)])
def test_an_extension_does_not_depend_on_itself(name):
    """By whatever name: its own, the qualified one, or its id."""
    made = manifest(publisher="acme", dependencies=[ExtensionDependency(name="x"), ExtensionDependency(name=name)])

    assert codes(made.validation_errors()) == [("cycle", ("dependencies", 1, "name"))]


def test_all_broken_rules_are_listed_and_the_first_is_raised():
    """Repetitions, itself, and settings that break the schema, all at once."""
    feature = CapabilityDeclaration(name="ai.inference", version=V1)
    made = manifest(
        provides=[feature, feature],
        dependencies=[ExtensionDependency(name="x"), ExtensionDependency(name="x")],
        config_schema=ConfigSchema(properties=[text("model")], required=["model"]),
        default_config={"mode": 1},
    )

    assert codes(made.validation_errors()) == [
        ("duplicate_id", ("provides", 1, "name")),
        ("duplicate_id", ("dependencies", 1, "name")),
        ("missing_field", ("default_config", "model")),
        ("unknown_field", ("default_config", "mode")),
    ]
    with pytest.raises(ExtensionInvalidManifestError, match=r"at \$\.provides\[1\]\.name \(and 3 more\)"):
        made.validate()


# Its parts


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("instrument", ExtensionType.INSTRUMENT),
        ("Operator", ExtensionType.OPERATOR),
        ("MOTIF", ExtensionType.MOTIF),
        ("addon", ExtensionType.MOTIF),
    ],
)
def test_kinds(written, kind):
    """Kinds are read in any case; addon is an older name."""
    assert ExtensionType.parse(written) is kind
    for bad in ("", "melody", None):
        with pytest.raises(FieldError):
            ExtensionType.parse(bad)


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("Ada", Author(name="Ada")),
        (" Ada Lovelace ", Author(name="Ada Lovelace")),
        ("Ada Lovelace <ada@example.org>", Author(name="Ada Lovelace", email="ada@example.org")),
        ("Ada (https://example.org/ada)", Author(name="Ada", url="https://example.org/ada")),
        ("Ada <a@b> (http://c.d)", Author(name="Ada", email="a@b", url="http://c.d")),
    ],
)
def test_authors(written, author):
    """Authors are read from text and written back."""
    assert Author.parse(written) == author
    assert Author.parse(str(author)) == author


@pytest.mark.parametrize(
    "written",
    ["", " ", "<ada@example.org>", "Ada <ada>", "Ada <a@b", "Ada <>", "Ada (ftp://x)", "Ada (x) <a@b>", "A <a@b> c", 3],
)
def test_what_is_no_author(written):
    """A name is needed; an address has an @; a page is on the web."""
    with pytest.raises(FieldError):
        Author.parse(written)


@pytest.mark.parametrize(
    "written", ["a" + " " * 10**5 + "<", " " * 10**5 + "<", "a <" + " " * 10**5 + "(", "a " * 10**5 + "("]
)
def test_reading_an_author_takes_linear_time(written):
    """Long runs do not stall the pattern."""
    with pytest.raises(FieldError):
        Author.parse(written)


def test_reading_a_url_takes_linear_time():
    """A long host with a blank at its end is refused at once."""
    with pytest.raises(FieldError):
        manifest(homepage="https://" + "a" * 10**5 + " ")
    with pytest.raises(FieldError):
        Author(name="Ada", url="https://" + "a" * 10**5 + " ")


@pytest.mark.parametrize("name", ["ai", "Ai.inference", "ai.", ".ai", "ai..x", "ai.1x", "", None])
def test_features_have_dotted_names(name):
    """A feature's name has at least two parts."""
    assert CapabilityDeclaration(name="ui.panelGroup", version=V1).description is None
    with pytest.raises(FieldError):
        CapabilityDeclaration(name=name, version=V1)


def test_a_dependency_takes_any_version_by_default():
    """Nothing said is anything goes."""
    dependency = ExtensionDependency(name="acme.linter")

    assert dependency.requirement == VersionRequirement.parse("*")
    assert dependency.requirement.is_satisfied_by(Version(0, 0, 0))
    assert hash(dependency) == hash(ExtensionDependency(name="acme.linter", features=[]))


def test_requirements_default_to_nothing():
    """No group asks for anything; what is recommended follows the minimum."""
    made = ResourceRequirements()

    assert made.memory == MemoryRequirements(minimum_mb=0, recommended_mb=0, maximum_mb=None)
    assert made.gpu is None
    assert MemoryRequirements(minimum_mb=5).recommended_mb == 5
    assert StorageRequirements(minimum_mb=5).recommended_mb == 5
    assert CpuRequirements(minimum_cores=2).recommended_cores == 2.0
    assert type(CpuRequirements(minimum_cores=2).minimum_cores) is float


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: MemoryRequirements(minimum_mb=2, recommended_mb=1), "recommended_mb"),
        (lambda: MemoryRequirements(minimum_mb=2, maximum_mb=1), "maximum_mb"),
        (lambda: MemoryRequirements(minimum_mb=-1), "minimum_mb"),
        (lambda: MemoryRequirements(minimum_mb=1.0), "minimum_mb"),
        (lambda: StorageRequirements(minimum_mb=2, recommended_mb=1), "recommended_mb"),
        (lambda: CpuRequirements(minimum_cores=2, recommended_cores=1.5), "recommended_cores"),
        (lambda: CpuRequirements(minimum_cores=-0.5), "minimum_cores"),
        (lambda: CpuRequirements(minimum_cores=float("nan")), "minimum_cores"),
        (lambda: CpuRequirements(minimum_cores=10**400), "minimum_cores"),
        (lambda: CpuRequirements(minimum_cores=True), "minimum_cores"),
        (lambda: GpuRequirements(cuda_version=""), "cuda_version"),
        (lambda: GpuRequirements(supported_backends=["cuda", "cuda"]), "supported_backends"),
        (lambda: NetworkRequirements(bandwidth_mbps=float("inf")), "bandwidth_mbps"),
        (lambda: NetworkRequirements(allowed_hosts="example.org"), "allowed_hosts"),
        (lambda: ResourceRequirements(gpu={}), "gpu"),
        (lambda: LifecycleConfig(memory_threshold=1.1), "memory_threshold"),
        (lambda: LifecycleConfig(max_restarts=2**32), "max_restarts"),
        (lambda: LifecycleConfig(restart_policy="Never"), "restart_policy"),
        (lambda: LifecycleConfig(activation_events=["startup"]), "activation_events"),
        (lambda: LifecycleConfig(activation_events=["onCommand:"]), "activation_events"),
        (lambda: LifecycleConfig(on_load=""), "on_load"),
    ],
)
def test_bad_parts_are_refused_by_field(make, field):
    """Amounts are finite, not negative, and do not fall from minimum to maximum."""
    with pytest.raises(FieldError) as caught:
        make()
    assert caught.value.path[0] == field


def test_lifecycle_defaults():
    """What is not said has its documented value."""
    made = LifecycleConfig(activation_events=["onStartup", "onLanguage:python"])

    assert (made.restart_policy, made.startup_priority) == (RestartPolicy.ON_FAILURE, StartupPriority.NORMAL)
    assert (made.restart_delay_ms, made.max_restarts, made.startup_budget_ms) == (1000, 10, 100)
    assert (made.idle_timeout_ms, made.cleanup_interval_ms, made.memory_threshold) == (600_000, 300_000, 0.8)
    assert (made.lazy_loading, made.background_activation) == (True, False)
    assert [policy.value for policy in RestartPolicy] == ["Always", "OnFailure", "Never"]


# Its settings

SCHEMA = ConfigSchema(
    properties=[
        text("model", constraints=[Constraint.min_length(2), Constraint.max_length(4), Constraint.pattern("^[a-z]")]),
        ConfigProperty(
            name="count",
            property_type=ConfigType.INTEGER,
            constraints=[Constraint.min_value(1), Constraint.max_value(9)],
            default=3,
        ),
        ConfigProperty(name="ratio", property_type=ConfigType.FLOAT),
        ConfigProperty(name="on", property_type=ConfigType.BOOLEAN),
        ConfigProperty(name="size", property_type=ConfigType.enum([ConfigOption(value="s"), ConfigOption(value="l")])),
        ConfigProperty(
            name="list", property_type=ConfigType.array(ConfigType.STRING), constraints=[Constraint.max_length(2)]
        ),
        ConfigProperty(name="inner", property_type=ConfigType.object([text("a"), text("b")])),
        ConfigProperty(name="token", property_type=ConfigType.SECRET, constraints=[Constraint.min_length(20)]),
        ConfigProperty(name="tokens", property_type=ConfigType.array(ConfigType.SECRET)),
        ConfigProperty(name="path", property_type=ConfigType.PATH, constraints=[Constraint.PATH_EXISTS]),
        ConfigProperty(name="url", property_type=ConfigType.URL, constraints=[Constraint.URL_REACHABLE]),
    ],
    required=["model", "count"],
)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"model": "abc"}, []),
        ({"model": "abc", "ratio": 1, "list": (), "inner": {"a": "x"}, "path": "/nowhere", "url": "x://y"}, []),
        ({}, [("missing_field", ("model",))]),
        ([], [("wrong_type", ())]),
        ({"model": "abc", "x": 1}, [("unknown_field", ("x",))]),
        ({"model": "a"}, [("invalid_value", ("model",))]),
        ({"model": "abcde"}, [("invalid_value", ("model",))]),
        ({"model": "Abcde"}, [("invalid_value", ("model",)), ("invalid_value", ("model",))]),
        ({"model": None}, [("wrong_type", ("model",))]),
        ({"model": "abc", "count": 0}, [("invalid_value", ("count",))]),
        ({"model": "abc", "count": 10}, [("invalid_value", ("count",))]),
        ({"model": "abc", "count": True}, [("wrong_type", ("count",))]),
        ({"model": "abc", "count": 1.0}, [("wrong_type", ("count",))]),
        ({"model": "abc", "ratio": float("inf")}, [("invalid_value", ("ratio",))]),
        ({"model": "abc", "on": 1}, [("wrong_type", ("on",))]),
        ({"model": "abc", "size": "m"}, [("invalid_value", ("size",))]),
        ({"model": "abc", "size": []}, [("invalid_value", ("size",))]),
        ({"model": "abc", "list": "ab"}, [("wrong_type", ("list",))]),
        ({"model": "abc", "list": ["a", 1]}, [("wrong_type", ("list", 1))]),
        ({"model": "abc", "list": ["a", "b", "c"]}, [("invalid_value", ("list",))]),
        (
            {"model": "abc", "inner": {"a": 1, "c": 1}},
            [("wrong_type", ("inner", "a")), ("unknown_field", ("inner", "c"))],
        ),
        ({"model": "abc", "path": "a\0b"}, [("invalid_value", ("path",))]),
        ({"model": "abc", "url": "example.org"}, [("invalid_value", ("url",))]),
        ({"model": "abc", "token": 5}, [("wrong_type", ("token",))]),
        (
            {"model": 1, "count": "x", 3: 4},
            [("wrong_type", ("model",)), ("wrong_type", ("count",)), ("unknown_field", ("3",))],
        ),
    ],
)
def test_settings_against_a_schema(settings, expected):
    """Everything that is wrong is listed, with its path."""
    assert codes(SCHEMA.validate_config(settings)) == expected


@pytest.mark.parametrize(
    "settings",
    [{"token": SECRET}, {"tokens": SECRET}, {"tokens": {"x": SECRET}}, {"tokens": [[SECRET]]}, {"tokne": SECRET}],
)
def test_secrets_do_not_show_in_issues(settings):
    """A secret stays out of issues, also one in the wrong place or misspelled."""
    issues = SCHEMA.validate_config({"model": "abc", **settings})

    assert issues
    assert SECRET not in repr(issues)


def test_secrets_do_not_show_in_reprs():
    """Neither defaults nor settings show; other defaults do."""
    secret = ConfigProperty(name="token", property_type=ConfigType.SECRET, default=SECRET)
    nested = ConfigProperty(name="all", property_type=ConfigType.object([secret]), default={"token": SECRET})

    assert SECRET not in repr(secret)
    assert SECRET not in repr(nested)
    assert SECRET not in repr(ConfigSchema(properties=[secret]))
    assert SECRET not in repr(manifest(default_config={"token": SECRET}))
    assert "small" in repr(text("model", default="small"))


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: ConfigSchema(properties=[text("a"), text("a")]), ("properties", 1)),
        (lambda: ConfigSchema(properties=[text("a")], required=["b"]), ("required", 0)),
        (lambda: ConfigSchema(properties=[text("a")], required=["a", "a"]), ("required", 1)),
        (lambda: text(""), ("name",)),
        (lambda: text("a", default=1), ("default",)),
        (lambda: text("a", default="x", constraints=[Constraint.min_length(2)]), ("default",)),
        (lambda: text("a", constraints=[Constraint.min_value(2)]), ("constraints", 0)),
        (lambda: text("a", constraints=[Constraint.PATH_EXISTS]), ("constraints", 0)),
        (lambda: text("a", ui_hints=[1]), ("ui_hints",)),
        (lambda: Constraint.min_length(-1), ("MinLength",)),
        (lambda: Constraint.max_value(float("nan")), ("MaxValue",)),
        (lambda: Constraint.pattern("("), ("Pattern",)),
        (lambda: ConfigType.enum([]), ("Enum",)),
        (lambda: ConfigType.enum([ConfigOption(value="a"), ConfigOption(value="a")]), ("Enum", 1)),
        (lambda: ConfigType.array("String"), ("Array",)),
        (lambda: ConfigType.object([text("a"), text("a")]), ("Object", 1)),
    ],
)
def test_schemas_that_make_no_sense(make, path):
    """A schema is refused where it is made, not where it is used."""
    with pytest.raises(FieldError) as caught:
        make()
    assert caught.value.path == path


# The document

DOCUMENT = tomllib.loads((Path(__file__).parent.parent / "data" / "Symphony.toml").read_text(encoding="utf-8"))


def test_a_whole_document():
    """Everything that people write ends up as the wire has it."""
    before = copy.deepcopy(DOCUMENT)
    wire = manifest_from_toml_document(DOCUMENT)

    assert before == DOCUMENT
    assert set(wire) <= {field.name for field in ExtensionManifest.__attrs_attrs__}
    assert wire["version"] == {"major": 1, "minor": 2, "patch": 3}
    assert wire["min_symphony_version"] == {"major": 0, "minor": 9, "patch": 0}
    assert wire["extension_type"] == "Instrument"
    assert wire["tags"] == ["review", "llm"]
    assert wire["authors"] == [
        {"name": "Ada Lovelace", "email": "ada@example.org", "url": "https://example.org/ada"},
        {"name": "Reviewers", "email": "team@example.org"},
    ]
    assert wire["permissions"] == ["FileRead", "ProcessSpawn", "NetworkAccess", {"Custom": "ui.panels"}]
    assert wire["provides"][0]["version"] == {"major": 1, "minor": 0, "patch": 0}
    assert wire["dependencies"] == [
        {"name": "symphony.core", "requirement": {"Compatible": {"major": 1, "minor": 0, "patch": 0}}},
        {
            "name": "linter",
            "optional": True,
            "features": ["python"],
            "requirement": {
                "Range": {
                    "min": {"major": 2, "minor": 0, "patch": 0},
                    "max": {"major": 2, "minor": 2**32 - 1, "patch": 2**32 - 1},
                }
            },
        },
    ]
    assert wire["resources"]["memory"] == {"minimum_mb": 256, "recommended_mb": 1536, "maximum_mb": 4096}
    assert wire["resources"]["gpu"] == {"minimum_vram_mb": 2048, "supported_backends": ["cuda", "metal"]}
    assert [item["property_type"] for item in wire["config_schema"]["properties"]] == [
        {"Enum": [{"value": "small"}, {"value": "large", "label": "Large and slow"}]},
        "Secret",
        {
            "Object": [
                {
                    "name": "changes",
                    "property_type": "Integer",
                    "default": 50,
                    "constraints": [{"MinValue": 1}, {"MaxValue": 500}],
                }
            ]
        },
        {"Array": "String"},
        "Path",
    ]
    assert wire["config_schema"]["properties"][4]["constraints"] == ["PathExists"]
    assert wire["lifecycle"]["restart_policy"] == "OnFailure"
    assert wire["lifecycle"]["startup_priority"] == "Low"


def test_either_root_table_or_both():
    """Identity under [package], behaviour under [extension], the rest beside them."""
    parts = {"name": "x"}, {"version": "1.0.0"}
    expected = {"name": "x", "version": {"major": 1, "minor": 0, "patch": 0}}

    assert manifest_from_toml_document({"package": parts[0] | parts[1]}) == expected
    assert manifest_from_toml_document({"extension": parts[0] | parts[1]}) == expected
    assert manifest_from_toml_document({"package": parts[0], "extension": parts[1]}) == expected
    assert manifest_from_toml_document({"package": parts[0], **parts[1]}) == expected


def test_unknown_keys_are_handed_on():
    """Whoever reads the result decides on them."""
    assert manifest_from_toml_document({"package": {"nmae": "x"}, "tool": {"y": 1}}) == {"nmae": "x", "tool": {"y": 1}}


@pytest.mark.parametrize(
    ("size", "megabytes"),
    [
        ("256MB", 256),
        ("2GB", 2048),
        ("2 GiB", 2048),
        ("1.5GB", 1536),
        ("1TB", 2**20),
        ("512KB", 1),
        ("1025KB", 2),
        ("0KB", 0),
    ],
)
def test_sizes(size, megabytes):
    """Sizes are multiples of 1024, rounded up to whole MiB."""
    wire = manifest_from_toml_document({"resources": {"memory": {"minimum": size}}})

    assert wire["resources"]["memory"] == {"minimum_mb": megabytes}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], ()),
        ({"package": 1}, ("package",)),
        ({"package": {"name": "a"}, "extension": {"name": "b"}}, ("name",)),
        ({"package": {"name": "a"}, "name": "b"}, ("name",)),
        ({"type": "x"}, ("extension_type",)),
        ({"type": "motif", "extension_type": "motif"}, ("extension_type",)),
        ({"tags": [], "keywords": []}, ("tags",)),
        ({"version": "1.2"}, ("version",)),
        ({"version": 1.2}, ("version",)),
        ({"authors": "Ada"}, ("authors",)),
        ({"authors": ["Ada", "<x>"]}, ("authors", 1)),
        ({"permissions": {"fs": True}}, ("permissions",)),
        ({"permissions": ["fs.read", 3]}, ("permissions", 1)),
        ({"provides": [{"version": "x"}]}, ("provides", 0, "version")),
        ({"provides": ["ai.inference"]}, ("provides", 0)),
        ({"dependencies": {"a": "^x"}}, ("dependencies", "a", "requirement")),
        ({"dependencies": {"a": 1}}, ("dependencies", "a")),
        ({"dependencies": {"a": {"version": "1", "requirement": "1"}}}, ("requirement",)),
        ({"dependencies": [{"version": ""}]}, ("dependencies", 0, "requirement")),
        ({"resources": {"memory": {"minimum": "1"}}}, ("resources", "memory", "minimum")),
        ({"resources": {"memory": {"minimum": 1}}}, ("resources", "memory", "minimum")),
        ({"resources": {"memory": {"minimum": "1MB", "minimum_mb": 1}}}, ("minimum_mb",)),
        ({"config_schema": {"properties": [{"type": 1}]}}, ("config_schema", "properties", 0, "type")),
        ({"config_schema": {"properties": [{"type": "enum"}]}}, ("config_schema", "properties", 0, "options")),
        ({"config_schema": {"properties": [{"type": "array"}]}}, ("config_schema", "properties", 0, "items", "type")),
        ({"lifecycle": {"restart_policy": 1}}, ("lifecycle", "restart_policy")),
        ({1: 2}, ()),
    ],
)
def test_documents_that_cannot_be_read(document, path):
    """The error says where in the document."""
    with pytest.raises(FieldError) as caught:
        manifest_from_toml_document(document)
    assert caught.value.path == path


def test_an_older_permission_of_two_rights():
    """One word for sending and receiving becomes both, once."""
    wire = manifest_from_toml_document({"permissions": ["IpcAccess", "ipc:send", {"Custom": "raw:name"}]})

    assert wire["permissions"] == [{"Custom": "ipc.send"}, {"Custom": "ipc.receive"}, {"Custom": "raw:name"}]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "version", "x"]), inner),
    max_leaves=5,
)
keys = st.sampled_from(
    [
        "package",
        "extension",
        "type",
        "version",
        "schema_version",
        "authors",
        "author",
        "permissions",
        "provides",
        "dependencies",
        "resources",
        "config_schema",
        "lifecycle",
        "keywords",
        "category",
    ]
)


@given(st.dictionaries(keys, values))
def test_any_document_gives_a_result_or_a_field_error(document):
    """No other exception leaves, whatever the document holds."""
    try:
        manifest_from_toml_document(document)
    except FieldError:
        return


def test_a_pattern_is_not_run_where_a_manifest_is_made() -> None:
    """A pattern that takes exponential time cannot stall a decoder: only whoever validates settings runs it."""
    evil = ConfigProperty(
        name="x", property_type=ConfigType.STRING, default="a" * 64 + "!", constraints=[Constraint.pattern("^(a+)+$")]
    )

    assert ConfigSchema(properties=[evil]).validate_config({"x": "a" * 64 + "!"}, patterns=False) == ()
    mild = ConfigProperty(name="x", property_type=ConfigType.STRING, constraints=[Constraint.pattern("^b")])
    assert [issue.path for issue in ConfigSchema(properties=[mild]).validate_config({"x": "a"})] == [("x",)]
    with pytest.raises(FieldError):
        Constraint.pattern("a" * 1001)


def nested(pattern: str) -> ConfigSchema:
    """Return a schema that has *pattern* at the top, in an object and in an array of objects."""
    inner = ConfigProperty(
        name="x", property_type=ConfigType.STRING, default="a", constraints=[Constraint("Pattern", pattern)]
    )
    held = ConfigProperty(name="y", property_type=ConfigType.object([inner]))
    items = ConfigProperty(name="z", property_type=ConfigType.array(ConfigType.object([inner])))
    return ConfigSchema(properties=[inner, held, items])


@pytest.mark.parametrize("pattern", ["(", "[", "*", "a{2,1}", "(?P<a>.)(?P<a>.)", f"a{{{2**40}}}"])
def test_a_bad_pattern_is_refused_where_it_is_used(pattern: str) -> None:
    """A manifest with one is made; `validate` refuses it, and so does whoever runs it."""
    with pytest.raises(FieldError) as made:
        Constraint.pattern(pattern)
    schema = nested(pattern)
    broken = manifest(config_schema=schema)

    assert broken.validation_errors() == ()
    places = [
        ("properties", 0, "constraints", 0, "Pattern"),
        ("properties", 1, "property_type", "Object", 0, "constraints", 0, "Pattern"),
        ("properties", 2, "property_type", "Array", "Object", 0, "constraints", 0, "Pattern"),
    ]
    issues = schema.pattern_errors()
    assert [issue.path for issue in issues] == places
    assert {(issue.code, issue.expected, issue.actual) for issue in issues} == {
        (made.value.code, made.value.expected, made.value.actual)
    }
    assert broken.validation_errors(patterns=True) == tuple(issue.prefixed("config_schema") for issue in issues)
    with pytest.raises(ExtensionInvalidManifestError, match="regular expression"):
        broken.validate()
    assert schema.validate_config({"x": "a"}, patterns=False) == ()
    with pytest.raises(FieldError) as used:
        schema.validate_config({"x": "a"})
    assert used.value.args == made.value.args


def test_of_constraints_of_one_kind_the_strictest_counts() -> None:
    """A value that breaks several limits of a kind gives one issue for it, and none is overlooked."""
    limits = [Constraint.min_length(2), Constraint.min_length(5), Constraint.min_length(3), Constraint.max_length(9)]
    item = text("x", constraints=limits)

    assert [issue.expected for issue in item.validate_value("a")] == ["a length of at least 5"]
    assert [issue.expected for issue in item.validate_value("a" * 10)] == ["a length of at most 9"]
    assert item.validate_value("a" * 5) == ()
