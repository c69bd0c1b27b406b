"""Headless Chromium, as a person with a browser uses the pages; and axe, which judges them.

Chromium and its driver are Debian's packages, installed at first use. The browser reaches this machine
alone: every other name leads nowhere.
"""

import base64
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
WITHOUT = "KEYWARD_SUITES_WITHOUT_BROWSER"
"""Where this variable is set, browser tests are skipped where no browser can be had."""

PACKAGES = {"chromium": "chromium", "chromedriver": "chromium-driver"}
# It carries axe-core 4.12.1. Only that script is used, so what the package asks for is left out. npm has
# axe-core itself, but would ask a machine for Node where Python is there already.
AXE_PACKAGE, AXE_VERSION = "axe_playwright_python", "axe-playwright-python==0.1.8"
PAGE_SECONDS = 20
NARROW = (360, 640)

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-features=MediaRouter,OptimizationHints,Translate",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--window-size=1000,800",
    "--lang=en",
]


class Browser:
    """One browser with one window, cookies of its own and pictures of what it shows."""

    def __init__(self, profile, gallery, *, script=True):
        """`profile` is a new folder for all that the browser keeps, `gallery` the folder of pictures.
        Without `script`, pages run none. `why_no_browser` must have been asked before."""
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for flag in [*FLAGS, f"--user-data-dir={profile}"]:
            options.add_argument(flag)
        preferences = {"credentials_enable_service": False, "profile.password_manager_leak_detection": False}
        if not script:
            preferences["profile.default_content_setting_values.javascript"] = 2
        options.add_experimental_option("prefs", preferences)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # With the driver's path given, nothing is looked for and nothing is downloaded.
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(PAGE_SECONDS)
        self.gallery, self.profile = gallery, profile
        self.endpoint = None

    def quit(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def forget(self):
        """Back to a browser that was never used: no cookie, no page, a window of the usual size in
        light colours. Its history stays."""
        self.driver.get("about:blank")
        self._tell("Network.clearBrowserCookies")
        self._tell("Emulation.clearDeviceMetricsOverride")
        self.prefer("light")

    # Going about.

    def open(self, path):
        self.driver.get(self.endpoint + path)

    def press(self, text):
        """Clicks the button or link with this text, and waits for the page it leads to."""
        self.leave(self.control(text).click)

    def leave(self, action):
        """Does what leads to another page, and waits for that page."""
        page = self.driver.find_element(By.TAG_NAME, "html")
        action()
        # In the moment between two pages the driver may know neither, and fails instead of saying so.
        wait = WebDriverWait(self.driver, PAGE_SECONDS, 0.02, ignored_exceptions=[WebDriverException])
        wait.until(staleness_of(page))

    def fill(self, **fields):
        """Types into fields, found by the first words of their labels: `user_name` is `User name`."""
        for name, text in fields.items():
            # All that stands there is marked first, so that the text replaces it.
            self.field(name.replace("_", " ")).send_keys(Keys.CONTROL, "a", Keys.NULL, text or Keys.DELETE)

    def keys(self, *keys):
        """Presses keys, wherever the focus is."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def narrow(self):
        """A screen as small as a small telephone's."""
        width, height = NARROW
        self._tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True)

    def prefer(self, colours):
        """`light` or `dark`."""
        feature = {"name": "prefers-color-scheme", "value": colours}
        self._tell("Emulation.setEmulatedMedia", features=[feature])

    # What is there.

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.endpoint)

    @property
    def title(self):
        return self.driver.title

    @property
    def heading(self):
        return self.find("h1").text

    @property
    def alert(self):
        """What the page says went wrong; `None` where nothing did."""
        return self.text_of("[role=alert].error")

    @property
    def warning(self):
        return self.text_of("[role=status].warning")

    @property
    def text(self):
        return self.find("body").text

    def text_of(self, selector):
        found = self.driver.find_elements(By.CSS_SELECTOR, selector)
        assert len(found) <= 1, [element.text for element in found]
        return found[0].text if found else None

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def has_field(self, label):
        return bool(self._fields(label))

    def field(self, label):
        """The field of the label that starts with these words."""
        found = self._fields(label)
        assert len(found) == 1, f"`{label}` names {len(found)} fields on {self.path}: {self.text}"
        return found[0]

    def control(self, text):
        """The button or link with this text."""
        exact = f"normalize-space()='{text}'"
        found = self.driver.find_elements(By.XPATH, f"//button[{exact}] | //a[{exact}]")
        assert len(found) == 1, f"`{text}` is there {len(found)} times on {self.path}: {self.text}"
        return found[0]

    def controls(self):
        """Everything a person can use on this page."""
        selector = "a[href], button, input:not([type=hidden]), select, textarea"
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def focused(self):
        return self.driver.switch_to.active_element

    def cookies(self):
        return {cookie["name"]: cookie for cookie in self.driver.get_cookies()}

    def complaints(self):
        """What the browser wrote into its console since this was asked last, but for the icon that it
        asks every site for."""
        entries = [entry["message"] for entry in self.driver.get_log("browser")]
        return [entry for entry in entries if "/favicon.ico" not in entry]

    def picture(self, name):
        """Keeps a picture of the whole page for people to look at."""
        folder = ARTEFACTS / self.gallery
        folder.mkdir(parents=True, exist_ok=True)
        whole = self._tell("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        (folder / f"{name}.png").write_bytes(base64.b64decode(whole))

    # Accessibility.

    def faults(self, *rules):
        """What axe finds wrong with this page: impact, rule, where. Without `rules`, by all of them."""
        if not self.driver.execute_script("return 'axe' in window"):
            self.driver.execute_script(axe_script())
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        found = self.driver.execute_async_script(
            "const [options, done] = arguments;"
            "axe.run(document, options).then(result => done(result.violations), error => done(String(error)));",
            options,
        )
        assert isinstance(found, list), found
        return [(fault["impact"], fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found]

    def _fields(self, label):
        upper, lower = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
        spoken = f"translate(normalize-space(), '{upper}', '{lower}')"
        labels = f"//label[starts-with({spoken}, '{label.lower()}')]"
        return self.driver.find_elements(By.XPATH, f"//input[@id = {labels}/@for]")

    def _tell(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)


def why_no_browser():
    """Installs Debian's packages of the browser where they are not there yet. If that can't be done, a
    sentence says why. What fails is tried once more."""
    if all(map(shutil.which, PACKAGES)):
        return None
    wanted = " and ".join(PACKAGES.values())
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return f"the browser tests need {wanted}, which only root can install with apt-get"
    say(f"installing {wanted} with apt-get, as they are not there yet")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "--quiet", "--quiet", "update"]
    packages = ["apt-get", "--quiet", "--quiet", "--yes", "--no-install-recommends", "install", *PACKAGES.values()]
    for _ in range(2):
        done = [
            subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
            for command in (update, packages)
        ]
        if done[-1].returncode == 0 and all(map(shutil.which, PACKAGES)):
            say("the browser is installed")
            return None
    return f"the browser tests need {wanted}, but apt-get can't install them: {done[-1].stderr.strip()[-1000:]}"


def axe_script():
    """The text of axe-core, installed where it is not there yet."""
    spec = importlib.util.find_spec(AXE_PACKAGE)
    if spec is None:
        say(f"installing {AXE_VERSION} with pip, for the axe-core in it")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, AXE_VERSION], check=True)
        importlib.invalidate_caches()
        spec = importlib.util.find_spec(AXE_PACKAGE)
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def say(sentence):
    """Tells it past pytest's capture, as the wait would look like a hang."""
    print(f"\nbrowser: {sentence}", file=sys.__stderr__, flush=True)
