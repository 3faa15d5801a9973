"""The AWS CLI, loaded once and forked for each command, which is ten times as fast as starting it.

What the emulator has is asked there. Everything else is checked by the CLI against its own model of the service, and
answered, in the shape of that model, with one of everything.

    aws_cli.py serve SOCKET [SERVICE ...]    what the emulator has: `sqs`, or `sqs receive-message`
    aws_cli.py ask SOCKET ARGUMENT ...       a command, in the folder and with the variables of whoever asks
"""

import array
import io
import json
import os
import re
import signal
import socket
import struct
import sys


def ask(path, arguments):
    with socket.socket(socket.AF_UNIX) as to:
        to.connect(path)
        request = json.dumps([arguments, os.getcwd(), dict(os.environ)]).encode()
        here = array.array("i", [0, 1, 2])
        to.sendmsg([struct.pack("!I", len(request))], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, here)])
        to.sendall(request)
        code = to.recv(1)
    return code[0] if code else 1


def serve(path, emulated):
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    # What takes the time: every command would read these anew.
    for data in ("cli", "endpoints", "partitions", "sdk-default-configuration"):
        driver.session.get_component("data_loader").load_data(data)
    # The CLI has its own name for the service whose operations these are.
    for service in {one.split()[0].removesuffix("api") for one in emulated}:
        driver.session.create_client(service, "us-east-1", aws_access_key_id="-", aws_secret_access_key="-")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as at:
        at.bind(path)
        at.listen(16)
        print("ready", flush=True)
        while True:
            asking, _ = at.accept()
            if os.fork() == 0:
                at.close()
                os._exit(carry_out(asking, driver, emulated))
            asking.close()


def carry_out(asking, driver, emulated):
    head, files, _, _ = socket.recv_fds(asking, 4, 3)
    (length,) = struct.unpack("!I", head)
    request = b""
    while len(request) < length:
        request += asking.recv(length - len(request))
    arguments, folder, variables = json.loads(request)
    for here, theirs in enumerate(files):
        os.dup2(theirs, here)
        os.close(theirs)
    os.chdir(folder)
    own_data = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update(variables, AWS_DATA_PATH=own_data)
    try:
        code = command(driver, arguments, emulated)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    asking.send(bytes([code or 0]))
    return 0


def command(driver, arguments, emulated):
    called = " ".join(arguments[:2])
    with open(os.environ["CALLS"], "a", encoding="utf-8") as calls:
        calls.write(f"{called}\n")
    is_emulated = arguments[0] in emulated or called in emulated
    if is_emulated and not os.environ.get("ONLY_MODEL"):
        # By its variable, some services of the CLI would keep their own address.
        return driver.main(["--endpoint-url", os.environ["AWS_ENDPOINT_URL"], *arguments])
    driver.session.register("before-call", answer)
    return driver.main(arguments)


# What says that there is more: there is not.
MORE = re.compile(r"(token|marker|hasmore|istruncated)$", re.IGNORECASE)


def answer(model, **_):
    shape = model.output_shape
    body = {} if shape is None else one_of(shape)
    if model.has_streaming_output:
        body[shape.serialization["payload"]] = io.BytesIO(b"text")

    class Response:
        status_code = 200

    return Response, body


def one_of(shape, around=()):
    kind = shape.type_name
    if kind == "structure":
        return {
            name: one_of(member, (*around, shape.name))
            for name, member in shape.members.items()
            if not MORE.search(name) and shape.name not in around
        }
    if kind == "list":
        return [one_of(shape.member, around)]
    if kind == "map":
        return {"key": one_of(shape.value, around)}
    if kind == "timestamp":
        return "2026-11-27T00:00:00+00:00"
    if kind == "boolean":
        return False
    if kind in ("integer", "long", "float", "double", "bigdecimal"):
        return 1
    return shape.enum[0] if getattr(shape, "enum", None) else "text"


if __name__ == "__main__":
    _, what, at, *rest = sys.argv
    sys.exit(ask(at, rest) if what == "ask" else serve(at, rest))
