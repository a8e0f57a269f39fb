"""Receives Upcall's webhooks with Python's standard library alone (3.9 or newer).

    UPCALL_WEBHOOK_SECRETS=whsec_... PORT=8000 python3 receiver.py uploads.db

The event id and the effect are written in one transaction: however often an event
arrives, the effect happens once, and every repetition gets the same response.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY_BYTES = 128 * 1024  # an event of Upcall is smaller
TOLERANCE_SECONDS = 300


def verify(headers, body, secrets, now):
    """Returns the event, or raises ValueError. `body`: the bytes as they arrived."""
    event_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not event_id or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise ValueError("webhook-id or webhook-timestamp is missing or malformed")
    content = f"{event_id}.{timestamp}.".encode() + body
    given = headers.get("webhook-signature", "").split(" ")
    matches = False
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        digest = hmac.new(key, content, hashlib.sha256).digest()
        expected = "v1," + base64.b64encode(digest).decode()
        for signature in given:
            # As bytes: compare_digest refuses texts that are not ASCII.
            if hmac.compare_digest(signature.encode(), expected.encode()):
                matches = True
    if not matches:
        raise ValueError("no signature fits")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise ValueError("signed too long ago, or in the future")
    event = json.loads(body)
    if event["id"] != event_id:
        raise ValueError("the body has another id than its header")
    return event


def handle(database_file, event):
    """Stores the upload once; returns the response for the page."""
    data = event["data"]
    response = {"url": "/files/" + data["id"]}
    database = sqlite3.connect(database_file, timeout=3)
    try:
        with database:  # one transaction: both rows or none
            database.execute("BEGIN IMMEDIATE")
            known = database.execute(
                "SELECT response FROM events WHERE id = ?", (event["id"],)
            ).fetchone()
            if known:
                return json.loads(known[0])
            if event["type"] == "com.oss-upcall.upload.stored":
                database.execute(
                    "INSERT INTO files VALUES (?, ?, ?, ?)",
                    (data["id"], data["subject"], data["key"], data["name"]),
                )
            database.execute(
                "INSERT INTO events VALUES (?, ?)", (event["id"], json.dumps(response))
            )
        return response
    finally:
        database.close()


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds that a connection may be silent

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY_BYTES:
            return self.respond(413 if length.isdigit() else 411, {"error": "length"})
        body = self.rfile.read(int(length))
        try:
            event = verify(self.headers, body, self.server.secrets, time.time())
        except (ValueError, KeyError, TypeError) as error:
            print(f"refused: {error}", file=sys.stderr)
            return self.respond(401, {"error": "not believed"})
        try:
            response = handle(self.server.database_file, event)
        except Exception as error:  # whatever it is: the service sends the event again
            print(f"failed: {error!r}", file=sys.stderr)
            return self.respond(500, {"error": "try again later"})
        self.respond(200, response)

    def respond(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        if status >= 400:
            self.send_header("connection", "close")  # the body may be unread
        self.end_headers()
        self.wfile.write(text)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Receiver)
    server.secrets = os.environ["UPCALL_WEBHOOK_SECRETS"].replace(",", " ").split()
    server.database_file = sys.argv[1]
    with sqlite3.connect(server.database_file) as database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, response TEXT NOT NULL)"
        )
        database.execute(
            "CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, owner TEXT, object TEXT, name TEXT)"
        )
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
