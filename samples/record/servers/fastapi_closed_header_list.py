"""Starlette's CORSMiddleware refuses a preflight with 400 when it asks for a header that is not on the list."""

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["http://dashboard.localhost:5173"],
    allow_methods=["GET", "POST"],
    allow_headers=["Content-Type"],
)


@app.get("/metrics")
def metrics():
    return {"visits": 120}


@app.post("/metrics")
def add_metric():
    return {"stored": True}


uvicorn.run(app, host="127.0.0.1", port=8000, log_level="error")
