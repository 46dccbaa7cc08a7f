"""An address that was given away once leads on."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[1]
SPEC = importlib.util.spec_from_file_location("redirects", ROOT / "book/_ext/redirects.py")
redirects = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(redirects)


def build(folder, **table):
    redirects.write_pages(
        SimpleNamespace(
            outdir=folder,
            builder=SimpleNamespace(format="html"),
            config=SimpleNamespace(redirects=table),
            env=SimpleNamespace(found_docs={"book/intro", "notebooks/1_new/02_new"}),
        ),
        None,
    )


def test_an_old_address_leads_to_the_new_page_and_keeps_the_place_in_it(tmp_path):
    build(tmp_path, **{"notebooks/0_old/01_old": "notebooks/1_new/02_new"})
    page = (tmp_path / "notebooks/0_old/01_old.html").read_text("utf-8")
    assert page.count("../1_new/02_new.html") == 3
    assert '"../1_new/02_new.html" + location.hash' in page
    assert 'http-equiv="refresh" content="0; url=../1_new/02_new.html"' in page


def test_a_redirect_to_a_page_that_is_not_there_stops_the_build(tmp_path):
    with pytest.raises(ExtensionError, match="no page of the book"):
        build(tmp_path, old="notebooks/gone")


def test_a_redirect_from_a_page_that_is_there_stops_the_build(tmp_path):
    with pytest.raises(ExtensionError, match="a page of the book itself"):
        build(tmp_path, **{"book/intro": "notebooks/1_new/02_new"})


def test_each_page_that_the_site_once_had_is_a_page_or_leads_to_one():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    table = settings["sphinx"]["config"]["redirects"]
    once = (ROOT / "tests" / "published_pages.txt").read_text("utf-8").split()
    contents = (ROOT / "book" / "_toc.yml").read_text("utf-8")
    assert not [page for page in once if f"{page}\n" not in contents and page not in table]
