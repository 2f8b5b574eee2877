"""The Chromium that the tests start is the one that Playwright means."""

from playwright.sync_api import Browser


def test_what_playwright_disables_stays_disabled(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("chrome://version")
    flags = page.locator("#command_line").inner_text().split()
    page.close()
    flag = "--disable-features="
    playwrights, ours = (set(one.removeprefix(flag).split(",")) for one in flags if one.startswith(flag))
    # Chromium heeds the last list alone.
    assert playwrights - ours == set()
