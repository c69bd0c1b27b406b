"""An identity provider that speaks SAML: Debian's `xmlsec1` signs for it, which shares no code with Keyward.

    provider = IdentityProvider(tmp_path)
    iam.create_saml_provider(Name="idp", SAMLMetadataDocument=provider.metadata())
    sts.assume_role_with_saml(SAMLAssertion=provider.response(roles=[(role, principal)]), ...)

Every knob of a response is a field of `Recipe`. What is done to a response after it was signed is a function of
this module that takes the response and gives another: `changed`, `wrapped`, `with_entities`, `truncated`."""

import base64
import dataclasses
import datetime
import os
import re
import shutil
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
RECIPIENT = "https://signin.aws.amazon.com/saml"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DIGESTS = {
    "sha1": f"{DSIG}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
# openssl's arguments for a key of each kind, and the kind in the name of a signature method.
KEYS = {
    "rsa": (["-newkey", "rsa:2048"], "rsa"),
    "rsa1024": (["-newkey", "rsa:1024"], "rsa"),
    "p256": (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "ecdsa"),
    "p384": (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "ecdsa"),
    "p521": (["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"], "ecdsa"),
}


def why_no_signing():
    """Installs Debian's package of xmlsec1 where it is not there yet. If that can't be done, a sentence says why."""
    if shutil.which("xmlsec1"):
        return None
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return "the SAML tests need xmlsec1, which only root can install with apt-get"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = ["apt-get", "--quiet", "--quiet"]
    install = [*quiet, "--yes", "--no-install-recommends", "install", "xmlsec1"]
    for _ in range(2):
        done = [
            subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
            for command in ([*quiet, "update"], install)
        ]
        if done[-1].returncode == 0 and shutil.which("xmlsec1"):
            return None
    return f"the SAML tests need xmlsec1, but apt-get can't install it: {done[-1].stderr.strip()[-1000:]}"


@dataclasses.dataclass
class Recipe:
    """What a response says. Times are seconds from `now`; `None` leaves the attribute out, and a text stands there
    as it is."""

    # Who and for whom.
    issuer: str = ""  # the provider's entity id, if empty
    response_issuer: str = ""  # the assertion's, if empty
    subject: str = "alice"
    name_id_format: str | None = PERSISTENT
    recipient: str | None = RECIPIENT
    audience: str | None = "urn:amazon:webservices"
    destination: str = RECIPIENT
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    # When.
    now: float | None = None
    issued: float = 0
    not_before: float | str | None = None  # of Conditions
    not_on_or_after: float | str | None = 300  # of Conditions
    confirmation_not_before: float | str | None = None
    confirmation_not_on_or_after: float | str | None = 300
    session_not_on_or_after: float | str | None = None
    # Which parts there are.
    conditions: bool = True
    one_time_use: bool = False
    proxy_restriction: bool = False
    authn_statement: bool = True
    confirmations: int = 1
    method: str = BEARER
    assertions: int = 1
    # What the service's attributes hold; `roles` are pairs in the order in which they stand there.
    roles: list = dataclasses.field(default_factory=list)
    session_name: str | None = "alice@example.com"
    session_duration: int | str | None = None
    source_identity: str | None = None
    tags: dict = dataclasses.field(default_factory=dict)  # a text, or a list of texts
    transitive: list = dataclasses.field(default_factory=list)
    attributes: dict = dataclasses.field(default_factory=dict)  # name to list of values
    # What is signed, in which way: "assertion", "response", "both" or "nothing".
    signed: str = "assertion"
    digest: str = "sha256"
    signature: str = "sha256"
    canonicalization: str = EXCLUSIVE
    reference: str | None = None  # of the assertion's signature; `#` and its id, if not given
    key_info: str = "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo>"


class IdentityProvider:
    """A key with a certificate, and what is signed with it."""

    def __init__(self, folder, entity_id="https://idp.example.com/saml", kind="rsa", days=3650):
        self.entity_id = entity_id
        self.key = Path(folder) / f"{uuid.uuid4().hex}.key"
        self.certificate = self.key.with_suffix(".crt")
        arguments, self.family = KEYS[kind]
        subprocess.run(
            ["openssl", "req", "-x509", *arguments, "-nodes", "-sha256", "-days", str(days)]
            + ["-subj", "/CN=idp.example.com", "-keyout", self.key, "-out", self.certificate],
            check=True,
            capture_output=True,
        )

    def expire(self):
        """Gives the key another certificate, one that was valid until yesterday."""
        request = self.key.with_suffix(".csr")
        for command in (
            ["req", "-new", "-key", self.key, "-subj", "/CN=idp.example.com", "-out", request],
            ["x509", "-req", "-in", request, "-signkey", self.key, "-days", "-1", "-out", self.certificate],
        ):
            subprocess.run(["openssl", *command], check=True, capture_output=True)

    def certificate_text(self):
        """The certificate as it stands in metadata: base64 without the lines around it."""
        return "".join(self.certificate.read_text().split("-----")[2].split())

    def key_descriptor(self, use="signing"):
        attribute = f' use="{use}"' if use else ""
        return (
            f'<md:KeyDescriptor{attribute}><ds:KeyInfo xmlns:ds="{DSIG}"><ds:X509Data><ds:X509Certificate>'
            f"{self.certificate_text()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )

    def entity(self, descriptors=None, role="IDPSSODescriptor", declare=True):
        """One EntityDescriptor; `descriptors` are its KeyDescriptors."""
        namespace = f' xmlns:md="{METADATA}"' if declare else ""
        keys = self.key_descriptor() if descriptors is None else descriptors
        binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
        services = {
            "IDPSSODescriptor": f'<md:SingleSignOnService Binding="{binding}" Location="https://idp.example.com/sso"/>',
            "SPSSODescriptor": f'<md:AssertionConsumerService index="0" Binding="{binding}" Location="{RECIPIENT}"/>',
        }
        return (
            f"<md:EntityDescriptor{namespace} entityID={quoteattr(self.entity_id)}>"
            f'<md:{role} protocolSupportEnumeration="{PROTOCOL}">{keys}{services[role]}</md:{role}>'
            "</md:EntityDescriptor>"
        )

    def metadata(self, **changes):
        """The document of this one provider."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + self.entity(**changes)

    def response(self, **changes):
        """A response in base64; `changes` are fields of `Recipe`."""
        return pack(self.response_xml(**changes))

    def response_xml(self, **changes):
        recipe = Recipe(**changes)
        writer = _Writer(self, recipe)
        xml = writer.response()
        for each in writer.assertion_ids if recipe.signed in ("assertion", "both") else []:
            xml = self.sign(xml, each)
        return self.sign(xml, writer.response_id) if recipe.signed in ("response", "both") else xml

    def sign(self, xml, signed_id):
        """Fills in the signature that stands in the element of this id."""
        with tempfile.TemporaryDirectory() as folder:
            template, signed = Path(folder) / "template.xml", Path(folder) / "signed.xml"
            template.write_text(xml, encoding="utf-8")
            ids = [f"--id-attr:ID {ASSERTION}:Assertion", f"--id-attr:ID {PROTOCOL}:Response"]
            where = f"//*[@ID='{signed_id}']/*[local-name()='Signature' and namespace-uri()='{DSIG}']"
            done = subprocess.run(
                ["xmlsec1", "--sign", "--privkey-pem", f"{self.key},{self.certificate}"]
                + [part for each in ids for part in each.split(" ")]
                + ["--node-xpath", where, "--output", signed, template],
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert done.returncode == 0, done.stderr
            return signed.read_text(encoding="utf-8")

    def verifies(self, response):
        """Whether xmlsec1 finds the assertion of a response signed by this provider."""
        return verifies(self.certificate, unpack(response))


class _Writer:
    """Writes one response with empty signatures."""

    def __init__(self, provider, recipe):
        self.provider, self.recipe = provider, recipe
        self.now = time.time() if recipe.now is None else recipe.now
        self.issuer = recipe.issuer or provider.entity_id
        self.response_id = f"_{uuid.uuid4().hex}"
        self.assertion_ids = [f"_{uuid.uuid4().hex}" for _ in range(recipe.assertions)]

    def response(self):
        recipe = self.recipe
        issuer = escape(recipe.response_issuer or self.issuer)
        signature = self.signature(self.response_id, None) if recipe.signed in ("response", "both") else ""
        return (
            f'<samlp:Response xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" ID="{self.response_id}" Version="2.0"'
            f"{self.time('IssueInstant', recipe.issued)} Destination={quoteattr(recipe.destination)}>"
            f"<saml:Issuer>{issuer}</saml:Issuer>{signature}"
            f'<samlp:Status><samlp:StatusCode Value="{recipe.status}"/></samlp:Status>'
            f"{''.join(map(self.assertion, self.assertion_ids))}</samlp:Response>"
        )

    def assertion(self, assertion_id):
        recipe = self.recipe
        signature = ""
        if recipe.signed in ("assertion", "both"):
            signature = self.signature(assertion_id, recipe.reference)
        return (
            f'<saml:Assertion xmlns:saml="{ASSERTION}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
            f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="{assertion_id}" Version="2.0"'
            f"{self.time('IssueInstant', recipe.issued)}><saml:Issuer>{escape(self.issuer)}</saml:Issuer>{signature}"
            f"{self.subject()}{self.conditions()}{self.authn_statement()}{self.attribute_statement()}</saml:Assertion>"
        )

    def subject(self):
        recipe = self.recipe
        confirmation = (
            f'<saml:SubjectConfirmation Method="{recipe.method}"><saml:SubjectConfirmationData'
            f"{self.time('NotBefore', recipe.confirmation_not_before)}"
            f"{self.time('NotOnOrAfter', recipe.confirmation_not_on_or_after)}"
            f"{attribute('Recipient', recipe.recipient)}/></saml:SubjectConfirmation>"
        )
        name_id = f"<saml:NameID{attribute('Format', recipe.name_id_format)}>{escape(recipe.subject)}</saml:NameID>"
        return f"<saml:Subject>{name_id}{confirmation * recipe.confirmations}</saml:Subject>"

    def conditions(self):
        recipe = self.recipe
        if not recipe.conditions:
            return ""
        audience = f"<saml:Audience>{escape(recipe.audience or '')}</saml:Audience>"
        return (
            f"<saml:Conditions{self.time('NotBefore', recipe.not_before)}"
            f"{self.time('NotOnOrAfter', recipe.not_on_or_after)}>"
            + (f"<saml:AudienceRestriction>{audience}</saml:AudienceRestriction>" if recipe.audience else "")
            + ("<saml:OneTimeUse/>" if recipe.one_time_use else "")
            + ('<saml:ProxyRestriction Count="0"/>' if recipe.proxy_restriction else "")
            + "</saml:Conditions>"
        )

    def authn_statement(self):
        recipe = self.recipe
        if not recipe.authn_statement:
            return ""
        return (
            f"<saml:AuthnStatement{self.time('AuthnInstant', recipe.issued)}"
            f"{self.time('SessionNotOnOrAfter', recipe.session_not_on_or_after)}><saml:AuthnContext>"
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
            "</saml:AuthnContext></saml:AuthnStatement>"
        )

    def attribute_statement(self):
        recipe, told = self.recipe, {}
        told["Role"] = [",".join(pair) for pair in recipe.roles]
        told["RoleSessionName"] = recipe.session_name
        told["SessionDuration"] = recipe.session_duration
        told["SourceIdentity"] = recipe.source_identity
        told |= {f"PrincipalTag:{key}": value for key, value in recipe.tags.items()}
        told["TransitiveTagKeys"] = recipe.transitive
        named = {ATTRIBUTES + name: value for name, value in told.items() if value not in (None, [])}
        written = "".join(one_attribute(*each) for each in (named | recipe.attributes).items())
        return f"<saml:AttributeStatement>{written}</saml:AttributeStatement>" if written else ""

    def signature(self, signed_id, reference):
        recipe = self.recipe
        uri = f"#{signed_id}" if reference is None else reference
        more = "http://www.w3.org/2001/04/xmldsig-more#"
        method = f"{DSIG if recipe.signature == 'sha1' else more}{self.provider.family}-{recipe.signature}"
        return (
            f'<ds:Signature xmlns:ds="{DSIG}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{recipe.canonicalization}"/>'
            f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="{uri}"><ds:Transforms>'
            f'<ds:Transform Algorithm="{DSIG}enveloped-signature"/>'
            f'<ds:Transform Algorithm="{EXCLUSIVE}"><ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="xs"/>'
            f'</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{DIGESTS[recipe.digest]}"/><ds:DigestValue/>'
            f"</ds:Reference></ds:SignedInfo><ds:SignatureValue/>{recipe.key_info}</ds:Signature>"
        )

    def time(self, name, when):
        """An attribute with a time; seconds from now, or a text as it is."""
        if when is None or isinstance(when, str):
            return attribute(name, when)
        moment = datetime.datetime.fromtimestamp(self.now + when, datetime.UTC)
        return attribute(name, moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"))


def attribute(name, value):
    return "" if value is None else f" {name}={quoteattr(value)}"


def one_attribute(name, values):
    """An Attribute element with a value, or a list of values."""
    values = values if isinstance(values, list) else [values]
    written = "".join(
        f'<saml:AttributeValue xsi:type="xs:string">{escape(str(value))}</saml:AttributeValue>' for value in values
    )
    return f"<saml:Attribute Name={quoteattr(name)}>{written}</saml:Attribute>"


def pack(xml):
    return base64.b64encode(xml.encode()).decode()


def unpack(response):
    return base64.b64decode(response).decode()


def changed(response, old="alice", new="admin"):
    """The response with one text for another; what was signed stays as it is."""
    xml = unpack(response)
    assert old in xml, f"{old} is not in the response"
    return pack(xml.replace(old, new))


def truncated(response, length=None):
    """The first characters of a response, half of them unless told."""
    return response[: len(response) // 2 if length is None else length]


def with_entities(response, subject="alice"):
    """The response with a document type whose entities would grow a billionfold in the subject."""
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10 if level else "lol"}">' for level in range(10))
    xml = re.sub(r"^<\?xml[^>]*\?>\s*", "", unpack(response))
    return pack(f"<!DOCTYPE samlp:Response [{entities}]>{xml.replace(subject, '&e9;')}")


def wrapped(response, how, subject="admin", attribute_changes=()):
    """The response with a forged assertion in the place of the signed one, which is kept somewhere else:

    `before`, `after`: beside it. `inside`: within the forged one. `object`: within the signature, which moves to the
    forged one. `extensions`: within the response's extensions. `same_id`: beside it, with its id."""
    xml = unpack(response)
    signed = re.search(r"<saml:Assertion .*?</saml:Assertion>", xml, re.DOTALL).group(0)
    signature = re.search(r"<ds:Signature .*?</ds:Signature>", signed, re.DOTALL).group(0)
    name_id = re.search(r"(<saml:NameID[^>]*>)(.*?)</saml:NameID>", signed, re.DOTALL)
    forged = signed.replace(signature, "").replace(name_id.group(0), f"{name_id.group(1)}{subject}</saml:NameID>")
    for old, new in attribute_changes:
        forged = forged.replace(old, new)
    if how != "same_id":
        forged = re.sub(r' ID="[^"]*"', ' ID="_forged"', forged, count=1)
    end = "</saml:Assertion>"
    with_object = signature.replace(
        "</ds:Signature>", f"<ds:Object>{signed.replace(signature, '')}</ds:Object></ds:Signature>"
    )
    put = {
        "before": lambda: xml.replace(signed, forged + signed),
        "after": lambda: xml.replace(signed, signed + forged),
        "same_id": lambda: xml.replace(signed, forged + signed),
        "inside": lambda: xml.replace(signed, forged.replace(end, signed + end)),
        "object": lambda: xml.replace(signed, forged.replace("</saml:Issuer>", "</saml:Issuer>" + with_object, 1)),
        "extensions": lambda: xml.replace(signed, forged).replace(
            "<samlp:Status>", f"<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>"
        ),
    }
    return pack(put[how]())


def verifies(certificate, xml):
    """Whether xmlsec1 finds the assertion of a response signed by the key of a certificate. What the response itself
    says of keys is not read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "response.xml"
        file.write_text(xml, encoding="utf-8", newline="")
        assertion = f"//*[local-name()='Assertion' and namespace-uri()='{ASSERTION}']"
        where = f"{assertion}/*[local-name()='Signature' and namespace-uri()='{DSIG}']"
        done = subprocess.run(
            ["xmlsec1", "--verify", "--enabled-key-data", "key-name", "--pubkey-cert-pem", certificate]
            + ["--id-attr:ID", f"{ASSERTION}:Assertion", "--id-attr:ID", f"{PROTOCOL}:Response"]
            + ["--node-xpath", where, file],
            capture_output=True,
            check=False,
        )
        return done.returncode == 0


def mutated(response, chance):
    """The response with one small change, which may or may not touch what is signed. `chance` is a `random.Random`."""
    xml = unpack(response)
    place = chance.randrange(len(xml))
    tag_ends = [found.end() for found in re.finditer(r"</?[\w:]+", xml)]
    texts = [found.start() for found in re.finditer(r"(?<=>)[^<]", xml)]
    changes = [
        lambda: xml[:place] + chance.choice("aA0 <>&\"'/=") + xml[place + 1 :],
        lambda: xml[:place] + xml[place + 1 :],
        lambda: xml[:place] + xml[place : place + 40] + xml[place:],
        # White space in tags and white space around elements are other things to a signature.
        lambda: put_at(xml, chance.choice(tag_ends), " \n"),
        lambda: put_at(xml, xml.index(">", place) + 1 if ">" in xml[place:] else 0, "\n"),
        lambda: put_at(xml, chance.choice(texts), "<!-- -->"),
        lambda: put_at(xml, xml.index("<samlp:Response") if "<samlp:Response" in xml else 0, "<!-- -->\n"),
    ]
    return pack(chance.choice(changes)())


def put_at(text, place, what):
    return text[:place] + what + text[place:]
