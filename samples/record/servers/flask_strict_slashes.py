"""Flask sends /items to /items/ with 308 before any view (and so any OPTIONS answer) is chosen."""

from flask import Flask, jsonify
from flask_cors import CORS

app = Flask(__name__)
CORS(app)


@app.get("/items/")
def items():
    return jsonify([{"id": 1}])


@app.post("/items/")
def add_item():
    return jsonify({"id": 2}), 201


app.run(host="127.0.0.1", port=5000)
