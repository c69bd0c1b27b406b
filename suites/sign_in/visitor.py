"""A browser without a window: requests, cookies and forms, for what no real browser can be made to do."""

import contextlib
import html.parser
import http.client
import http.cookies
from urllib.parse import urlencode

from support.program import DEFAULT_ACCOUNT

PASSWORD = "FirstPassword-a1!"
INCORRECT = "Your authentication information is incorrect. Please try again."
FORM_EXPIRED = "This form was open too long, or cookies are off. Please try again."
FORM = "application/x-www-form-urlencoded"


class Visitor:
    """One browser at one server. `source` is the address of this machine it comes from, `host` what it
    calls the server, `tls` the context of a server that speaks TLS, `headers` what it always sends."""

    def __init__(self, server, *, source=None, host=None, tls=None, headers=None):
        self.address, self.host, self.tls = server.address, host or server.address, tls
        self.source = (source, 0) if source else None
        self.headers = headers or {}
        self.cookies = {}

    def get(self, path, **options):
        return self.send("GET", path, **options)

    def post(self, path, fields, **options):
        """Sends a form. `fields` is a mapping, a list of pairs, or the body as it stands."""
        body = fields if isinstance(fields, (str, bytes)) else urlencode(fields)
        options["headers"] = {"Content-Type": FORM, **options.get("headers", {})}
        return self.send("POST", path, body=body, **options)

    def submit(self, path, action=None, **fields):
        """Opens the page at `path`, fills in the form that goes to `action`, and sends it."""
        action = action or path
        token = self.get(path).page.forms[action]["form_token"]
        return self.post(action, {"form_token": token, **fields})

    def sign_in(self, username="Bob", password=PASSWORD, account=DEFAULT_ACCOUNT):
        return self.submit("/signin", account=account, username=username, password=password)

    def sign_out(self):
        return self.submit("/console", "/signout")

    def send(self, method, path, body=None, headers=None):
        sent = {"Host": self.host, **self.headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with contextlib.closing(self._connection()) as connection:
            connection.request(method, path, body=body, headers={**sent, **(headers or {})})
            answer = Answer(connection.getresponse())
        for name, cookie in answer.cookies.items():
            if cookie["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = cookie.value
        return answer

    def is_signed_in(self):
        return self.get("/console").status == 200

    @property
    def session_cookie(self):
        """Its name; there must be one."""
        (name,) = [name for name in self.cookies if "keyward-session" in name]
        return name

    def _connection(self):
        if self.tls:
            return http.client.HTTPSConnection(self.address, timeout=60, context=self.tls)
        return http.client.HTTPConnection(self.address, timeout=60, source_address=self.source)


class Answer:
    """What came back: status, headers, cookies as set, text, and the page that it is."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode()
        self.location = self.headers.get("Location")
        self.cookies = http.cookies.SimpleCookie()
        for line in self.headers.get_all("Set-Cookie", []):
            self.cookies.load(line)

    @property
    def page(self):
        page = Page()
        page.feed(self.text)
        return page

    @property
    def alert(self):
        return self.page.alert

    def leads_to(self, location):
        assert (self.status, self.location) == (303, location), (self.status, self.location, self.alert)
        return self

    def refuses(self, message, status=403):
        assert (self.status, self.alert) == (status, message), (self.status, self.location, self.alert)
        return self


class Page(html.parser.HTMLParser):
    """What a page says: its title, its forms, its alert, and texts by their ids."""

    VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})

    def __init__(self):
        super().__init__()
        self.title, self.alert, self.forms, self.by_id = "", None, {}, {}
        self._open, self._form = [], None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self._form = self.forms.setdefault(attributes.get("action"), {})
        if tag == "input" and self._form is not None:
            self._form[attributes.get("name")] = attributes.get("value", "")
        if tag not in self.VOID:
            self._open.append((tag, attributes))
        if attributes.get("role") == "alert":
            self.alert = ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        text = " ".join(data.split())
        for tag, attributes in self._open:
            if tag == "title":
                self.title += text
            if attributes.get("role") == "alert":
                self.alert = f"{self.alert} {text}".strip()
            if name := attributes.get("id"):
                self.by_id[name] = f"{self.by_id.get(name, '')} {text}".strip()
