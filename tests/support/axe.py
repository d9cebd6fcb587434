"""
axe-core, which finds on a page what keeps people from using it: WCAG 2.2, levels A and AA.

``bin/shocpp-test`` gets it with npm; this knows where it is and how a browser runs it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from tests.support.browser import Browser

SCRIPT = Path(__file__).parents[2] / ".venv.axe/node_modules/axe-core/axe.min.js"
_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@cache
def _script() -> str:
    assert SCRIPT.exists(), "axe-core is not here; get it: npm install --prefix .venv.axe axe-core@4.14"
    return SCRIPT.read_text(encoding="utf-8")


def violations(browser: Browser) -> list[str]:
    """Give what is wrong with the page that a browser shows: rule, what it is about, and where."""
    browser.tell(_script())
    options = json.dumps({"runOnly": _RULES, "resultTypes": ["violations"]})
    run = f"axe.run(document, {options}).then(found => JSON.stringify(found.violations))"
    found = browser.tell(run, is_promise=True)
    return [
        f"{each['id']}: {each['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in json.loads(found)
        for node in each["nodes"]
    ]
