"""Who may upload, with a real browser, a real provider of identities and real proxies: by no route anybody else."""

import json
import shutil
import socket
import socketserver
import threading
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from impact_analytics.i18n import text
from impact_analytics.settings import ROOT
from impact_analytics.ui.spec import pages
from tests.browser.conftest import FLAGS, Visit, chromium_path, free_port, served, started
from tests.browser.test_browser import violations

pytestmark = pytest.mark.browser
SLUG = next(slug for slug, spec in pages().items() if spec.operators)
HOME = next(iter(pages()))
LINK = f"{SLUG}?programme=example&territory=T04"
USERS = [
    {"sub": "anna", "email": "Anna@office.example.org", "email_verified": True},
    {"sub": "bruno", "email": "bruno@elsewhere.example.org", "email_verified": True},
    {"sub": "carla", "email": "carla@office.example.org", "email_verified": False},
    {"sub": "dario-7", "email": "d@elsewhere.example.org", "email_verified": False},
]
OPERATORS = ["anna@office.example.org", "carla@office.example.org", "sub:dario-7"]
PATIENCE = 30_000  # milliseconds
OTHER_HOST = "dashboard.example.org"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """A small real provider of identities on loopback."""
    port = free_port()
    users = [f"--user-claims={json.dumps(user)}" for user in USERS]
    log = tmp_path_factory.mktemp("provider") / "log.txt"
    address = f"http://127.0.0.1:{port}"
    command = ["oidc_provider_mock", f"--port={port}", *users]
    with started(*command, answers=f"{address}/.well-known/openid-configuration", log=log):
        yield address


@pytest.fixture(scope="module")
def signed(provider, tmp_path_factory):
    """The app with that provider, and a programme that names its operators; yield its address."""
    folder = tmp_path_factory.mktemp("signed")
    port = free_port()
    data = _data(folder, OPERATORS)
    (folder / "secrets.toml").write_text(
        f"""
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a secret of this test, long enough"
client_id = "dashboard"
client_secret = "any"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    secrets = f"--secrets.files={folder / 'secrets.toml'}"
    with served(folder, secrets, port=port, IMPACT_DATA=str(data)) as address:
        yield address


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The app on one's own machine, its operator sitting at it; yield its address."""
    folder = tmp_path_factory.mktemp("local")
    with served(
        folder, "--server.address=127.0.0.1", IMPACT_OPERATOR="local", IMPACT_DATA=str(_data(folder, []))
    ) as address:
        yield address


def _data(folder, operators):
    data = folder / "data"
    left_out = shutil.ignore_patterns("*.py", "README.md", "supplied", "__pycache__")
    shutil.copytree(ROOT / "data" / "example", data / "example", ignore=left_out)
    toml = data / "example" / "programme.toml"
    toml.write_text(f"operators = {json.dumps(operators)}\n{toml.read_text('utf-8')}", encoding="utf-8")
    return data


class Window(Visit):
    """A browser window that knows the id of its live session, as anybody can who listens to their own browser."""

    def __init__(self, chromium, server, **how):
        super().__init__(chromium, server, lang="en", **how)
        self.session = ""
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))

    def _hear(self, payload):
        if isinstance(payload, bytes):
            said = ForwardMsg.FromString(payload)
            if said.WhichOneof("type") == "new_session":
                self.session = said.new_session.initialize.session_id

    @property
    def title(self):
        return self.page.locator("h1.title")

    def menu(self, slug):
        words = pages()[slug].words("en")["menu"]
        return self.page.locator("[data-testid=stPageLink-NavLink]").filter(has_text=words)

    def put(self, session="", method="PUT", name="file"):
        """Ask for an upload as Streamlit's own code does, cookie and token included; return the status."""
        return self.page.evaluate(
            """async ([address, method]) => {
                const token = document.cookie.match(/_streamlit_xsrf=([^;]*)/)?.[1] ?? ''
                const body = new FormData()
                body.append('file', new Blob(['x']), 'x.csv')
                const how = {method, headers: {'X-Xsrftoken': token}, credentials: 'include'}
                return (await fetch(address, method == 'PUT' ? {...how, body} : how)).status
            }""",
            [f"/_stcore/upload_file/{session or self.session}/{name}", method],
        )

    def uploads(self):
        """Upload through the page; return the status of the upload."""
        with self.page.expect_response(lambda answer: "upload_file" in answer.url) as answer:
            self.page.set_input_files(
                "[data-testid=stFileUploaderDropzoneInput]",
                {"name": "a sheet.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK"},
            )
        expect(self.page.locator(".stFileChipName")).to_have_text("a sheet.xlsx")
        expect(self.page.locator("[data-testid=stFileChip]")).not_to_have_attribute("aria-invalid", "true")
        return answer.value.status

    def signs_in(self, subject):
        self.page.get_by_role("button", name="Sign in").first.click()
        self.page.locator(f"button[name=sub][value={subject}]").click()
        self.comes_back("Sign out")

    def signs_out(self):
        self.page.get_by_role("button", name="Sign out").click()
        self.page.get_by_role("button", name="End session").click()
        self.comes_back("Sign in")

    def comes_back(self, button):
        """Wait until the provider has sent the browser back and the app offers the way in or out."""
        self.page.wait_for_url(f"{self.server}/**")
        self.settled()
        expect(self.page.get_by_role("button", name=button).first).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def window(chromium):
    """Return a way to open windows of any server; each is closed at the end."""
    opened = []

    def start(server, browser=chromium, **how):
        opened.append(Window(browser, server, **how))
        return opened[-1]

    yield start
    for one in opened:
        one.context.close()


REFUSED = text("app", "operators_title", "en")
MISSING = pages()[HOME].words("en")["title"]


def is_shut(window, title=REFUSED):
    """Say that a window shows no page for operators, and that its live session may not upload."""
    expect(window.menu(HOME)).to_be_visible(timeout=PATIENCE)
    expect(window.title).to_have_text(title, timeout=PATIENCE)
    expect(window.menu(SLUG)).to_have_count(0)
    expect(window.page.locator("[data-testid=stFileUploader]")).to_have_count(0)
    assert window.session
    assert window.put() == window.put(method="DELETE") == 403


def is_open(window):
    """Say that a window shows the page for operators, and that its session may upload."""
    expect(window.menu(SLUG)).to_be_visible(timeout=PATIENCE)
    expect(window.title).to_have_text(pages()[SLUG].words("en")["title"], timeout=PATIENCE)
    assert window.put(name="other") == 204
    assert window.uploads() == 204


# ---------------------------------------------------------------- the public app


def test_the_public_app_has_no_way_in_and_nothing_to_sign_in_with(window, server):
    visitor = window(server)
    visitor.open(SLUG)
    is_shut(visitor, MISSING)
    assert visitor.page.get_by_role("button", name="Sign in").count() == 0


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["", SLUG, "health", "_stcore/upload_file/a/b", "_stcore/agent/interact", "auth/login"]
)
def test_the_public_app_answers_no_request_that_writes(server, path, method):
    with closing(HTTPConnection(urlsplit(server).netloc, timeout=10)) as connection:
        connection.request(method, f"/{path}", body=b"x")
        assert connection.getresponse().status in (403, 405)


# ---------------------------------------------------------------- signing in


def test_a_visitor_who_has_not_signed_in_cannot_upload(window, signed):
    visitor = window(signed)
    visitor.open(LINK)
    is_shut(visitor)
    # In the sidebar, and in place of the page.
    expect(visitor.page.get_by_role("button", name="Sign in")).to_have_count(2, timeout=PATIENCE)
    assert violations(visitor.page) == []


@pytest.mark.parametrize("subject", ["bruno", "carla", "nobody-knows"])
def test_signing_in_is_not_enough(window, signed, subject):
    """Bruno is not on the list; Carla's provider does not vouch for her address."""
    visitor = window(signed)
    visitor.open("?programme=example&territory=T04")
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.page.locator("input[name=sub]").fill(subject)
    visitor.page.get_by_role("button", name="Authorize").click()
    visitor.comes_back("Sign out")
    visitor.open(LINK)
    is_shut(visitor)


@pytest.mark.parametrize("subject", ["anna", "dario-7"])
def test_an_operator_signs_in_comes_back_uploads_and_signs_out(window, signed, subject):
    operator = window(signed)
    operator.open(LINK)
    operator.signs_in(subject)
    assert urlsplit(operator.page.url).path == f"/{SLUG}"
    assert "territory=T04" in operator.page.url
    is_open(operator)
    session = operator.session
    stranger = window(signed)
    stranger.open(SLUG)
    is_shut(stranger)
    operator.signs_out()
    assert operator.session != session
    is_shut(operator)
    assert operator.put(session) == 403
    assert stranger.put(session) == 403


def test_a_name_taken_off_the_list_closes_the_gate_at_once(window, signed, tmp_path_factory):
    toml = next(tmp_path_factory.getbasetemp().glob("signed*/data/example/programme.toml"))
    before = toml.read_text("utf-8")
    operator = window(signed)
    operator.open(LINK)
    operator.signs_in("anna")
    assert operator.put() == 204
    try:
        toml.write_text(before.replace("anna@", "anita@"), encoding="utf-8")
        assert operator.put() == operator.put(method="DELETE") == 403
        operator.open(LINK)
        is_shut(operator)
    finally:
        toml.write_text(before, encoding="utf-8")


def test_a_body_above_the_bound_is_refused_to_an_operator_too(window, signed):
    operator = window(signed)
    operator.open(LINK)
    operator.signs_in("anna")
    address, port = urlsplit(signed).hostname, urlsplit(signed).port
    for headers, status in (
        (f"Content-Length: {50 * 1024 * 1024 + 1}", b" 413 "),
        ("Transfer-Encoding: chunked", b" 411 "),
    ):
        with closing(socket.create_connection((address, port), timeout=10)) as connection:
            path = f"/_stcore/upload_file/{operator.session}/big"
            connection.sendall(f"PUT {path} HTTP/1.1\r\nHost: {address}:{port}\r\n{headers}\r\n\r\n".encode())
            assert status in connection.recv(200).partition(b"\r\n")[0]


# ---------------------------------------------------------------- at the machine itself


def test_who_sits_at_the_machine_may_upload(window, local):
    operator = window(local)
    operator.open(LINK)
    is_open(operator)
    assert operator.page.get_by_role("button", name="Sign in").count() == 0


def test_the_same_server_by_another_name_lets_nobody_in(window, local, chromium):
    """A page elsewhere whose name leads to loopback, or a name given to the machine."""
    sitting = window(local)
    sitting.open(LINK)
    port = urlsplit(local).port
    flags = [*FLAGS, f"--host-resolver-rules=MAP {OTHER_HOST} 127.0.0.1"]
    with closing(chromium.browser_type.launch(executable_path=chromium_path(), args=flags)) as browser:
        visitor = window(f"http://{OTHER_HOST}:{port}", browser)
        visitor.open(LINK)
        is_shut(visitor, MISSING)
        assert visitor.put(sitting.session) == 403


def test_the_same_server_behind_a_proxy_lets_nobody_in(window, local):
    sitting = window(local)
    sitting.open(LINK)
    with proxied(local, "X-Forwarded-For: 203.0.113.7") as address:
        visitor = window(address)
        visitor.open(LINK)
        is_shut(visitor, MISSING)
        assert visitor.put(sitting.session) == 403
    with proxied(local, "X-Nothing: 1") as address:  # the proxy itself is no hindrance
        visitor = window(address)
        visitor.open(LINK)
        is_open(visitor)


@contextmanager
def proxied(server, header):
    """Put a proxy before a server that adds a header to every request; yield its address."""
    behind = (urlsplit(server).hostname, urlsplit(server).port)

    class Proxy(socketserver.BaseRequestHandler):
        def handle(self):
            with closing(socket.create_connection(behind)) as onward:
                back = threading.Thread(target=pour, args=(onward, self.request), daemon=True)
                back.start()
                pour(self.request, onward, header)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

    with Server(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
        proxy.shutdown()


def pour(source, into, header=""):
    """Pass on what comes from one socket to another, a header put into each request."""
    try:
        while received := source.recv(65536):
            if header and b" HTTP/1.1\r\n" in received:
                first, _, rest = received.partition(b" HTTP/1.1\r\n")
                received = first + b" HTTP/1.1\r\n" + header.encode() + b"\r\n" + rest
            into.sendall(received)
    except OSError:
        pass
    finally:
        for end in (source, into):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


# ---------------------------------------------------------------- the page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_accessible_and_keeps_to_its_host(window, local, dark):
    operator = window(local, dark=dark)
    operator.open(LINK)
    assert violations(operator.page) == []
    operator.uploads()
    operator.settled()
    assert violations(operator.page) == []
    assert operator.outside == []
    assert operator.errors == []


def test_the_page_fits_a_phone(window, local):
    page = window(local, width=390).open(LINK)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_uploader_speaks_italian(window, local):
    operator = window(local)
    page = operator.open(f"{LINK}&lang=it")
    words = pages()[SLUG].words("it")
    hint = page.locator("[data-testid=stFileUploaderDropzoneInstructions]")
    assert hint.inner_text().strip() == ""
    assert hint.evaluate("element => getComputedStyle(element, '::after').content") == f'"{words["files_hint"]}"'
    button = page.locator("[data-testid=stFileUploaderDropzone] [data-testid=stMarkdownContainer]")
    assert button.locator("p").evaluate("element => getComputedStyle(element).fontSize") == "0px"
    assert button.evaluate("element => getComputedStyle(element, '::after').content") == f'"{words["files_button"]}"'
