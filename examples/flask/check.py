"""Gets the cookie from the running app and says whether SECRET_KEY has signed it."""

import http.cookiejar
import sys
import time
import tomllib
import urllib.error
import urllib.request

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

address, secrets = sys.argv[1:]
jar = http.cookiejar.CookieJar()
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
for attempt in range(100):
    try:
        print(browser.open(address).read().decode(), end="")
        break
    except urllib.error.URLError:
        time.sleep(0.1)
else:
    sys.exit("the app did not answer")
print(browser.open(address).read().decode(), end="")

with open(secrets, "rb") as file:
    key = tomllib.load(file)["SECRET_KEY"]
app = Flask(__name__)
app.secret_key = key
signer = SecureCookieSessionInterface().get_signing_serializer(app)
[cookie] = [cookie.value for cookie in jar if cookie.name == "session"]
print("the cookie, verified with SECRET_KEY:", signer.loads(cookie))
app.secret_key = "another key"
try:
    SecureCookieSessionInterface().get_signing_serializer(app).loads(cookie)
except Exception as error:
    print("the cookie, verified with another key:", type(error).__name__)
else:
    sys.exit("another key verified the cookie")
