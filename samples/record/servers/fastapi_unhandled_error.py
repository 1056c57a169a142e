"""An exception nobody handles is answered outside of CORSMiddleware, so that 500 has no CORS headers."""

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["http://reports.localhost:5173"], allow_methods=["*"], allow_headers=["*"])

REPORTS = {1: {"title": "March", "rows": 4}, 2: {"title": "April"}}


@app.get("/reports")
def list_reports():
    return list(REPORTS)


@app.get("/reports/{number}")
def report(number: int):
    found = REPORTS[number]
    return {"title": found["title"], "rows": found["rows"]}


uvicorn.run(app, host="127.0.0.1", port=8000, log_level="critical")
