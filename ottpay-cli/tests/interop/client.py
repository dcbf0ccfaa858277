"""A whole OTT Pay client in Python 3.11 without any package: pays, receives its callback, queries and refunds.

Run it against a local sandbox gateway: OTTPAY_ENDPOINT, OTTPAY_MERCHANT_ID and OTTPAY_SIGN_KEY say which.
Python's library has no AES, so the command `openssl` does that part; exit code 77 if it is not there.
"""
import base64, hashlib, json, os, queue, secrets, shutil, subprocess, sys, threading, urllib.error, urllib.request
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT = 10


def setting(name):
    return os.environ.get(name, "").strip() or sys.exit(f"differs: {name} is not set")


def same(what, found, *expected):
    if found not in expected:
        raise ValueError(f"{what}: expected {' or '.join(expected)}, found {found}")


class Num(str):
    """A number in JSON, kept as it was written: 5.24740000 and 5.2474 have different digests."""


def java_double(literal):
    """How Java prints a double: 1 -> 1.0, 9999999 -> 9999999.0, 10000000 -> 1.0E7, 0.0001 -> 1.0E-4."""
    x = float(literal)
    if x == 0 or 1e-3 <= abs(x) < 1e7:
        return repr(x)
    sign, digits, exponent = Decimal(repr(x)).normalize().as_tuple()
    digits = "".join(map(str, digits))
    return f"{'-' * sign}{digits[0]}.{digits[1:] or '0'}E{exponent + len(digits) - 1}"


def md5(text):
    return hashlib.md5(text.encode()).hexdigest().upper()


def digest(fields, number=str):
    """Sort the members by name, join their values without anything between, MD5 in upper-case hex.

    With OTTPAY_FORGET_TO_SORT they stay in the order in which they are written: a mistake that a test has to notice.
    """
    names = fields if os.environ.get("OTTPAY_FORGET_TO_SORT") else sorted(fields)
    values = [fields[name] for name in names]
    return md5("".join(number(value) if isinstance(value, Num) else value or "" for value in values))


def aes(direction, checksum, data):
    """Key: MD5 over digest and sign key in upper-case hex; characters 8 to 23 of it are the 16 bytes for AES.

    Cipher: AES-128-ECB with PKCS#7 padding, which is what openssl pads with. Another user of this machine may see
    the key in the list of processes: good for a test, not for a shop.
    """
    key = md5(checksum + KEY)[8:24].encode().hex()
    ended = subprocess.run(["openssl", "enc", direction, "-aes-128-ecb", "-K", key],
                           input=data, capture_output=True, timeout=WAIT)
    if ended.returncode != 0:
        raise ValueError("openssl: the data cannot be decrypted with this sign key")
    return ended.stdout


def seal(fields, plaintext=None, checksum=None):
    """Encrypt the JSON text, then Base64. The digest travels beside it as `md5`."""
    checksum = checksum or digest(fields)
    data = aes("-e", checksum, (plaintext or json.dumps(fields, ensure_ascii=False)).encode())
    return {"data": base64.b64encode(data).decode(), "md5": checksum}


def open_sealed(outer):
    """Decrypt with the key that belongs to the digest that came, then work the digest out again and compare."""
    text = aes("-d", outer["md5"], base64.b64decode("".join(outer["data"].split()))).decode()
    fields = json.loads(text, parse_int=Num, parse_float=Num)
    same("digest", outer["md5"].upper(), digest(fields), digest(fields, java_double))
    return fields


def read_outer(body):
    """The outer message is plain JSON, or that JSON as a whole in Base64."""
    text = body.decode("utf-8-sig").strip()
    return json.loads(text if text.startswith("{") else base64.b64decode("".join(text.split())))


def post(path, body):
    request = urllib.request.Request(ENDPOINT.rstrip("/") + path, body, {"Content-Type": "application/json"})
    with HTTP.open(request, timeout=WAIT) as response:
        return response.read()


def send(action, sealed, in_base64=False):
    """Sends a sealed request; the outer reply, with the verified `fields` if it is accepted."""
    outer = json.dumps({"action": action, "version": "1.0", "merchant_id": MERCHANT, **sealed}).encode()
    reply = read_outer(post("/processV2", base64.b64encode(outer) if in_base64 else outer))
    if reply["rsp_code"] == "SUCCESS":
        reply["fields"] = open_sealed(reply)
    return reply


def accepted(action, fields, in_base64=False):
    reply = send(action, seal(fields), in_base64)
    if reply["rsp_code"] != "SUCCESS":
        raise ValueError(f"{action}: {reply['rsp_code']}: {reply.get('rsp_msg')}")
    return reply["fields"]


def status(order_id):
    """The values of a state come in either case, with spaces, hyphens or underscores."""
    word = accepted("STATUS_QUERY", {"order_id": order_id})["order_status"]
    return word.strip().lower().replace("-", "_").replace(" ", "_")


CALLBACKS = queue.Queue()


class Callback(BaseHTTPRequestHandler):
    """Verify before anything is believed: only `data` is covered by the digest, the other outer members by nothing."""
    timeout = WAIT

    def do_POST(self):
        code, answer = 200, b"SUCCESS"
        try:
            CALLBACKS.put(open_sealed(read_outer(self.rfile.read(int(self.headers["Content-Length"])))))
        except Exception as error:
            CALLBACKS.put(error)
            code, answer = 400, b"FAIL"
        self.send_response(code)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(answer)
    log_message = lambda *_: None


def steps(back):
    new_id = lambda letter: letter + secrets.token_hex(8).upper()
    payment = lambda order_id: {"order_id": order_id, "amount": "1999", "biz_type": "ALIPAY",
                                "operator_id": "0000020156", "call_back_url": back}
    order = new_id("P")
    rate = int(accepted("EX_RATE_QUERY", {"fee_type": "USD"})["rate"])
    print(f"exchange rate: 1 USD is {rate / 10**8} CNY")
    qr = accepted("ACTIVEPAY", payment(order))
    same("order_id of the reply", qr["order_id"], order)
    print(f"payment: show {qr['code_url']} as QR code")
    same("status", status(order), "init", "notpay")
    print("status before: not paid")

    json.loads(post(f"/sandbox/orders/{order}/pay", b"{}"))
    print("buyer: has paid")
    try:
        told = CALLBACKS.get(timeout=WAIT)
    except queue.Empty:
        told = ValueError("callback: none within 10 s")
    if isinstance(told, Exception):
        raise told
    for name, expected in {"order_id": order, "amount": "1999", "merchant_id": MERCHANT}.items():
        same(f"{name} of the callback", told[name], expected)
    print("callback: verified and acknowledged")
    same("status", status(order), "success")
    print("status after: success")

    refund = lambda amount: {"order_id": new_id("R"), "ori_order_id": order, "refund_amt": amount}
    for amount in ("500", "1499"):
        accepted("REFUND", refund(amount))
        print(f"refund: {amount}")
    third = send("REFUND", seal(refund("1")))
    if third["rsp_code"] == "SUCCESS":
        raise ValueError("refund: more was given back than was paid")
    print(f"refund beyond the payment: refused, {third['rsp_code']}")
    same("status", status(order), "fully_refunded", "refunded")
    print("status at the end: refunded")

    same("the same order again", send("ACTIVEPAY", seal(payment(order)))["rsp_code"], "ORDER_USED")
    print("the same order again: ORDER_USED")
    refused = send("ACTIVEPAY", seal(payment(new_id("P")), checksum=md5("something else")))
    if refused["rsp_code"] == "SUCCESS" or refused.get("data"):
        raise ValueError("wrong digest: expected a refusal without data")
    print(f"wrong digest: refused, {refused['rsp_code']}")
    accepted("EX_RATE_QUERY", {"fee_type": "USD"}, in_base64=True)
    print("Base64 framing: read")

    # Members in any order, escapes, an unknown field, and a number: as it is written, and as Java prints it.
    for form, number in (("as text", str), ("as a Java double", java_double)):
        fields = payment(new_id("P"))
        fields |= {"amount": Num("10000000"), "order_remark": "caf\u00e9 \U0001F375", "x_new": "a"}
        as_json = lambda value: value if isinstance(value, Num) else json.dumps(value).replace("/", "\\/")
        text = ",\n".join(f'"{name}": {as_json(fields[name])}' for name in sorted(fields, reverse=True))
        reply = send("ACTIVEPAY", seal(fields, "{ " + text + " }", digest(fields, number)))
        same(f"number digested {form}", reply["rsp_code"], "SUCCESS")
        print(f"unusual request, number digested {form}: accepted")


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("skipped: the command openssl is not there")
        sys.exit(77)
    ENDPOINT, MERCHANT, KEY = map(setting, ("OTTPAY_ENDPOINT", "OTTPAY_MERCHANT_ID", "OTTPAY_SIGN_KEY"))
    HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        steps(f"http://127.0.0.1:{server.server_port}/callback")
    except Exception as error:
        sys.exit(f"differs: {error}" if isinstance(error, ValueError) else f"differs: {error!r}")
