"""The header is set by hand in the handler; OPTIONS has no route, so FastAPI answers 405 without it."""

import uvicorn
from fastapi import FastAPI, Response

app = FastAPI()


@app.post("/subscribe", status_code=201)
def subscribe(response: Response):
    response.headers["Access-Control-Allow-Origin"] = "*"
    return {"subscribed": True}


uvicorn.run(app, host="127.0.0.1", port=8000, log_level="error")
