"""Finds the Chromium that the browser tests drive; `--install` fetches Debian's package where it may."""

import argparse
import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, BrowserType

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
"""No GPU, a camera that shows a test picture, and no talk with anybody."""

DRAWN_BY_CPU = "--disable-gpu-compositing"
"""Pages are drawn as where there is no GPU. Else the CPU stands in for one, which takes about a third of a small
test's CPU time. WebGL is there all the same."""

WEBGPU = ["--enable-unsafe-webgpu", "--enable-features=Vulkan,WebGPU", "--use-webgpu-adapter=swiftshader"]
"""The CPU stands in for a GPU for WebGPU, too."""

ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
"""For what drops down from the address bar, Chromium loads two pages of its own in each new window."""

PLAYWRIGHTS = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
)
"""Features that Playwright disables, once more: Chromium heeds the last list alone, which is ours."""


def find() -> str | None:
    """The path of an installed Chromium; PYWEBML_CHROMIUM overrides the search."""
    given = os.environ.get("PYWEBML_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(chromium: BrowserType, *flags: str) -> Browser:
    """Starts the installed Chromium for tests, without what of its own window costs them time."""
    disabled = f"--disable-features={','.join([*PLAYWRIGHTS, *ADDRESS_BAR])}"
    return chromium.launch(executable_path=find(), args=[*FLAGS, disabled, *flags])


def install() -> None:
    """Installs Debian's or Ubuntu's package, as root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("No Chromium was found; install one ('sudo apt-get install chromium'), or set PYWEBML_CHROMIUM.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], check=True, env=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="install Chromium if there is none")
    if parser.parse_args().install and find() is None:
        install()
    print(find() or "no Chromium was found")


if __name__ == "__main__":
    main()
