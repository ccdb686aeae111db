import pytest

from pipeline.errors import ContentError
from pipeline.settings import DEMO_KEY, load_settings

KEY = "an invented key of some length"


def faults(environ):
    with pytest.raises(ContentError) as caught:
        load_settings(environ)
    return [str(problem) for problem in caught.value.problems]


def written(folder, text):
    path = folder / "settings.toml"
    path.write_text(text)
    return {"SHADOWGRAPH_SETTINGS": str(path)}


def test_without_anything_every_setting_has_a_default_and_the_key_is_the_demo_key():
    settings = load_settings({})
    assert (settings.key, settings.demo_key) == (DEMO_KEY, True)
    assert (settings.store, settings.content, settings.idle, settings.batch) == (None, None, 600, 1000)
    assert settings.lateness_of("litellm") == 600


def test_the_environment_gives_key_store_and_content(tmp_path):
    given = {
        "SHADOWGRAPH_KEY": f" {KEY}\n",
        "SHADOWGRAPH_STORE": "sqlite:///a.db",
        "SHADOWGRAPH_CONTENT": str(tmp_path),
    }
    settings = load_settings(given)
    assert (settings.key, settings.demo_key) == (KEY.encode(), False)
    assert (settings.store, settings.content) == ("sqlite:///a.db", tmp_path)


def test_an_empty_variable_counts_as_none():
    settings = load_settings({"SHADOWGRAPH_KEY": "", "SHADOWGRAPH_STORE": "", "SHADOWGRAPH_SETTINGS": ""})
    assert (settings.demo_key, settings.store) == (True, None)


def test_the_file_gives_every_setting_and_its_paths_begin_at_its_folder(tmp_path):
    (tmp_path / "key").write_text(KEY + "\n")
    environ = written(
        tmp_path,
        'store = "sqlite:////var/a.db"\ncontent = "."\nkey_file = "key"\nidle = 60\nbatch = 50\ndefault_lateness = 30\n'
        "[lateness]\nzscaler = 1800\n",
    )
    settings = load_settings(environ)
    assert (settings.key, settings.demo_key, settings.key_file) == (KEY.encode(), False, tmp_path / "key")
    assert (settings.store, settings.content, settings.idle, settings.batch) == (
        "sqlite:////var/a.db",
        tmp_path,
        60,
        50,
    )
    assert (settings.lateness_of("zscaler"), settings.lateness_of("squid")) == (1800, 30)


def test_the_environment_goes_before_the_file(tmp_path):
    (tmp_path / "key").write_text("the key of the file is another")
    environ = written(tmp_path, 'store = "sqlite:///file.db"\nkey_file = "key"\n')
    settings = load_settings(environ | {"SHADOWGRAPH_STORE": "sqlite:///mine.db", "SHADOWGRAPH_KEY": KEY})
    assert (settings.store, settings.key) == ("sqlite:///mine.db", KEY.encode())


def test_every_fault_is_listed_with_line_and_remedy_and_without_the_value(tmp_path):
    environ = written(
        tmp_path,
        'key = "zugvogel"\nstore = "zugvogel"\nbatch = 0\nidle = "zugvogel"\n\n[lateness]\nsquid = -1\n',
    )
    said = faults(environ)
    assert [line.removeprefix(environ["SHADOWGRAPH_SETTINGS"]).split(" (")[0] for line in said] == [
        ":1: nobody knows the setting key",
        ":2: store cannot be used",
        ":3: batch cannot be used",
        ":4: idle cannot be used",
        ":6: lateness cannot be used",
    ]
    assert all("(" in line for line in said)
    assert "zugvogel" not in "".join(said)


def test_a_wait_that_is_no_number_is_refused(tmp_path):
    for text in ("idle = nan", "idle = inf", "idle = true", "batch = 1.5"):
        assert "cannot be used" in faults(written(tmp_path, text))[0]


def test_a_file_that_is_no_toml_is_named_with_its_line(tmp_path):
    assert "settings.toml:2: is not TOML" in faults(written(tmp_path, "idle = 5\nbatch = = 4\n"))[0]


def test_a_file_that_ends_too_early_is_named_with_its_last_line(tmp_path):
    assert "settings.toml:2: is not TOML" in faults(written(tmp_path, "idle = 5\nstore = "))[0]


def test_a_settings_file_that_cannot_be_read_is_named(tmp_path):
    assert "gone.toml:1: cannot be read" in faults({"SHADOWGRAPH_SETTINGS": str(tmp_path / "gone.toml")})[0]


def test_a_settings_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe")
    assert "it is not UTF-8" in faults({"SHADOWGRAPH_SETTINGS": str(tmp_path / "settings.toml")})[0]


def test_a_content_folder_that_is_none_is_refused():
    assert faults({"SHADOWGRAPH_CONTENT": "/no/such/folder"}) == [
        "SHADOWGRAPH_CONTENT:1: content cannot be used (name a folder that holds detections/ and enrichers/data/)"
    ]


@pytest.mark.parametrize("key", ["short", " " * 40])
def test_a_key_that_is_too_short_is_refused_and_never_shown(key):
    said = faults({"SHADOWGRAPH_KEY": key})
    assert said == ["SHADOWGRAPH_KEY:1: the key is too short (give 16 bytes or more)"]


def test_an_empty_key_file_is_refused_and_never_means_the_demo_key(tmp_path):
    (tmp_path / "key").write_text("\n")
    assert "the key is too short" in faults({"SHADOWGRAPH_KEY_FILE": str(tmp_path / "key")})[0]


def test_a_key_file_that_cannot_be_read_is_named(tmp_path):
    assert "gone:1: the key cannot be read" in faults({"SHADOWGRAPH_KEY_FILE": str(tmp_path / "gone")})[0]
    assert "no such name" in faults(written(tmp_path, 'key_file = "a\\u0000b"'))[0]


def test_a_key_that_is_no_utf8_is_taken_as_it_is():
    assert (
        load_settings({"SHADOWGRAPH_KEY": b"\xff".decode("utf-8", "surrogateescape") * 20}).key
        == b"\xff" * 20
    )


def test_settings_never_show_their_key():
    settings = load_settings({"SHADOWGRAPH_KEY": KEY})
    assert KEY not in repr(settings)
    assert KEY not in str(settings.__rich_repr__())
    assert "demo_key=False" in repr(settings)
