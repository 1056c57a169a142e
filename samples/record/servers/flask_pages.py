"""Paging by response headers, which script cannot read because they are not exposed."""

from flask import Flask, jsonify, request
from flask_cors import CORS

app = Flask(__name__)
CORS(app, origins=["http://admin.localhost:5173"])


@app.get("/customers")
def customers():
    page = int(request.args.get("page", "1"))
    response = jsonify([{"id": page * 10 + number} for number in range(3)])
    response.headers["X-Total-Count"] = "57"
    response.headers["Link"] = f'<http://api.localhost:5000/customers?page={page + 1}>; rel="next"'
    return response


app.run(host="127.0.0.1", port=5000)
