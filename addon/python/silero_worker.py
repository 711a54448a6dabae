"""Speaks with Silero packages for its parent process.

Standard input and output carry frames: four bytes with the length of a JSON header (little endian), the header, then
as many raw bytes as its "payload" says. The parent sends requests, each is answered by one frame with the same "id".

A package is a program: opening it runs code from the file. Everything this process does not need for computing is
therefore given away for good before the first package is opened: rights, network, other programs, files to write.
"""

import ctypes
import ctypes.util
import inspect
import io
import json
import os
import platform
import re
import resource
import signal
import struct
import sys
import warnings

LARGEST_HEADER = 1 << 20
LARGEST_PACKAGE = 1 << 30
NOBODY = 65534
NICENESS = 10

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
SECCOMP_FILTER_FLAG_TSYNC = 1
RET_ALLOW = 0x7FFF0000
RET_REFUSE = 0x00050000 | 1  # errno EPERM

# Numbers of the system calls that are refused, by machine: audit architecture, seccomp itself, then the refused ones.
REFUSED_CALLS = {
    "x86_64": (0xC000003E, 317, {
        "socket": 41, "socketpair": 53, "connect": 42, "bind": 49, "execve": 59, "execveat": 322, "ptrace": 101,
        "process_vm_readv": 310, "process_vm_writev": 311, "io_uring_setup": 425, "mount": 165, "bpf": 321,
        "keyctl": 250, "userfaultfd": 323, "unshare": 272, "setns": 308,
    }),
    "aarch64": (0xC00000B7, 277, {
        "socket": 198, "socketpair": 199, "connect": 203, "bind": 200, "execve": 221, "execveat": 281, "ptrace": 117,
        "process_vm_readv": 270, "process_vm_writev": 271, "io_uring_setup": 425, "mount": 40, "bpf": 280,
        "keyctl": 219, "userfaultfd": 282, "unshare": 97, "setns": 268,
    }),
}


class Refusal(Exception):
    """A failure with a kind the parent knows."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def main():
    requests, answers = take_over_pipes()
    follow_parent_to_the_grave()
    os.nice(NICENESS)
    torch = import_torch(answers)
    if torch is None:
        return
    sandbox = enter_sandbox()
    send(answers, {"id": 0, "ready": True, "torch": str(torch.__version__), "sandbox": sandbox})
    voices = {}
    while True:
        request = receive(requests)
        if request is None:
            return
        header, payload = request
        answer, sound = handle(torch, voices, header, payload)
        send(answers, answer, sound)


def take_over_pipes():
    """Keeps the pipes for frames; whatever a package prints goes to standard error."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def follow_parent_to_the_grave():
    libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # It may have gone before the call above; the orphan then has another parent.
    if len(sys.argv) > 1 and os.getppid() != int(sys.argv[1]):
        os._exit(0)


def import_torch(answers):
    warnings.simplefilter("ignore")
    try:
        import torch
        import torch.package
    except Exception as error:
        send(answers, {"id": 0, "ready": False, "message": "%s: %s" % (type(error).__name__, error)})
        return None
    # Profiling recompiles the network during the first sentences, which makes exactly those slow.
    for switch in ("_jit_set_profiling_mode", "_jit_set_profiling_executor"):
        if hasattr(torch._C, switch):
            getattr(torch._C, switch)(False)
    torch.set_grad_enabled(False)
    torch.set_num_interop_threads(1)
    choose_quantised_engine(torch, platform.machine() in ("aarch64", "arm64", "armv7l"))
    return torch


def choose_quantised_engine(torch, wanted):
    """Packages with quantised parts fail with "Unknown qengine" on boards unless this engine is chosen first."""
    if wanted and "qnnpack" in torch.backends.quantized.supported_engines:
        torch.backends.quantized.engine = "qnnpack"


def enter_sandbox():
    """Gives rights away; returns what is really gone, for the parent's log."""
    gone = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    gone.append("files")
    if os.geteuid() == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            gone.append("rights")
        except OSError as error:
            print("cannot become another user: %s" % error, file=sys.stderr)
    else:
        gone.append("rights")
    # A change of user clears it.
    follow_parent_to_the_grave()
    if refuse_system_calls():
        gone += ["network", "programs"]
    return gone


def refuse_system_calls():
    machine = platform.machine()
    # A 32-bit process under a 64-bit kernel uses other numbers.
    if machine not in REFUSED_CALLS or struct.calcsize("P") != 8:
        return False
    if libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    architecture, seccomp, refused = REFUSED_CALLS[machine]
    program = call_filter(architecture, machine == "x86_64", sorted(refused.values()))
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HP", len(program) // 8, ctypes.addressof(code))
    pointer = ctypes.create_string_buffer(header, len(header))
    result = libc().syscall(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, pointer)
    return result == 0


def call_filter(architecture, has_x32, refused):
    """A filter in the kernel's packet-filter language: eight bytes an instruction, jumps relative to the next one."""
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    body = [(load, 0, 0, 0)]  # offset of the call's number
    if has_x32:
        # The same kernel takes calls with other numbers from another ABI.
        body += [(at_least, 0, 1, 0x40000000), (answer, 0, 0, RET_REFUSE)]
    for number in refused:
        body += [(equal, 0, 1, number), (answer, 0, 0, RET_REFUSE)]
    body.append((answer, 0, 0, RET_ALLOW))
    head = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, RET_REFUSE)]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in head + body)


def handle(torch, voices, header, payload):
    answer = {"id": header.get("id")}
    try:
        operation = header.get("op")
        if operation == "load":
            answer.update(load(torch, voices, header, payload))
            return answer, b""
        if operation == "speak":
            return answer, speak(torch, voices, header)
        if operation == "unload":
            voices.pop(header["model"], None)
            return answer, b""
        raise Refusal("failed", "unknown operation %r" % (operation,))
    except Refusal as error:
        answer.update(error=error.kind, message=str(error))
    except MemoryError:
        answer.update(error="memory", message="not enough memory")
    except BaseException as error:
        answer.update(error=kind_of(error), message=sentence_of(error))
    return answer, b""


def load(torch, voices, header, payload):
    device, note = choose_device(torch, header.get("device"))
    threads = int(header["threads"])
    torch.set_num_threads(threads)
    model = open_package(torch, payload)
    for name in ("apply_tts", "speakers"):
        if not hasattr(model, name):
            raise Refusal("package", "the model in the package has no %s" % name)
    if device != "cpu" or hasattr(model, "to"):
        model.to(torch.device(device))
    accepted = inspect.signature(model.apply_tts).parameters
    voices[header["model"]] = {"model": model, "threads": threads, "accepted": set(accepted)}
    return {
        "speakers": [str(name) for name in model.speakers],
        "device": device,
        "threads": torch.get_num_threads(),
        "qengine": torch.backends.quantized.engine,
        "note": note,
    }


def choose_device(torch, wanted):
    if wanted == "cuda" and not torch.cuda.is_available():
        return "cpu", "cuda"
    return (wanted or "cpu"), None


def open_package(torch, payload):
    try:
        return read_package(torch, payload)
    except RuntimeError as error:
        if "qengine" not in str(error).lower():
            raise
        choose_quantised_engine(torch, True)
        return read_package(torch, payload)


def read_package(torch, payload):
    return torch.package.PackageImporter(io.BytesIO(payload)).load_pickle("tts_models", "model")


def speak(torch, voices, header):
    voice = voices.get(header["model"])
    if voice is None:
        raise Refusal("unloaded", "the model is not loaded")
    torch.set_num_threads(voice["threads"])
    options = {name: header[name] for name in ("put_accent", "put_yo") if name in header and name in voice["accepted"]}
    if header.get("ssml"):
        if "ssml_text" not in voice["accepted"]:
            raise Refusal("parameter", "this package does not read SSML")
        options["ssml_text"] = header["text"]
    else:
        options["text"] = header["text"]
    sound = voice["model"].apply_tts(speaker=header["speaker"], sample_rate=header["rate"], **options)
    samples = sound.detach().to("cpu", torch.float32).contiguous().reshape(-1)
    return ctypes.string_at(samples.data_ptr(), samples.numel() * 4)


def kind_of(error):
    text = str(error)
    if isinstance(error, ValueError) and text.strip() == "":
        return "nothing"
    if isinstance(error, ValueError) and "xml" in text.lower():
        return "xml"
    if isinstance(error, AssertionError):
        return "parameter"
    if "Unknown builtin op" in text:
        return "old-torch"
    if "qengine" in text.lower():
        return "qengine"
    if "too long" in text or "couldn't generate" in text:
        return "long"
    if "allocate memory" in text:
        return "memory"
    return "failed"


def sentence_of(error):
    """The first telling line: messages of the compiler go on for pages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    operation = re.search(r"Unknown builtin op: (\S+?)\.?(?:\s|$)", str(error))
    if operation:
        return operation.group(1)
    return ("%s: %s" % (type(error).__name__, lines[0] if lines else "no reason given"))[:500]


def receive(requests):
    length = requests.read(4)
    if len(length) < 4:
        return None
    (size,) = struct.unpack("<I", length)
    if size > LARGEST_HEADER:
        raise SystemExit("header of %d bytes" % size)
    header = json.loads(requests.read(size).decode("utf-8"))
    expected = int(header.get("payload", 0))
    if expected > LARGEST_PACKAGE:
        raise SystemExit("payload of %d bytes" % expected)
    payload = requests.read(expected)
    return None if len(payload) < expected else (header, payload)


def send(answers, header, payload=b""):
    body = json.dumps(dict(header, payload=len(payload))).encode("utf-8")
    answers.write(struct.pack("<I", len(body)) + body)
    answers.write(payload)
    answers.flush()


def libc():
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    main()
