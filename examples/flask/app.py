"""A small app that signs its session cookie with SECRET_KEY, and does not start without one."""

import os

from flask import Flask, session

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]


@app.get("/")
def count():
    """Counts the visits of one browser, in its signed cookie."""
    session["visits"] = session.get("visits", 0) + 1
    return f"visit {session['visits']}\n"
