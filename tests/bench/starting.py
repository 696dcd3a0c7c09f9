"""What a server costs that does nothing: its start, its memory, its rest, its end."""

from __future__ import annotations

import time

from tests.bench import proc
from tests.bench.figures import Sample, Wrong
from tests.bench.lsp_process import Server
from tests.bench.peers import Peer, check_initialized, worker_of
from tests.bench.person import Person
from tests.bench.texts import source


def life(peer: Peer, name: str) -> Sample:
    """From spawn to exit, with one document: `start_…`, `start_cpu_…`, `rss_…` and `shutdown_<name>`.

    The CPU time of the start is what a busy machine does not change. A worker is never waited for.
    """
    with peer.started() as server:
        result = server.initialize(peer.folder)
        start = (time.perf_counter() - server.spawned) * 1000
        spent = proc.work(server.pid).cpu_ms
        check_initialized(peer, result)
        server.notify("initialized", {})
        person = Person(peer.uri("idle.py"), source(100), 0)
        server.open(person.uri, person.text)
        peer.act(server, person, person.selection())
        rss = proc.rss_mib(server.pid)
        return {
            f"start_{name}": start,
            f"start_cpu_{name}": spent,
            f"rss_{name}": rss,
            f"shutdown_{name}": _shut_down(peer, server),
        }


def rest(peer: Peer, seconds: float) -> Sample:
    """What server and worker do while nobody does anything, and their memory: `idle…`, `rss_…`.

    The worker has come to rest before.
    """
    with peer.session() as server:
        person = Person(peer.uri("idle.py"), source(100), 0)
        server.open(person.uri, person.text)
        peer.act(server, person, person.selection())
        worker = worker_of(server) if peer.worker else None
        # What the document set off is over.
        time.sleep(0.5)
        before, worker_before = proc.work(server.pid), proc.work(worker) if worker else None
        time.sleep(seconds)
        spent = proc.work(server.pid).since(before)
        sample = {"idle": spent.ticks_ms, "idle_exact": spent.cpu_ms, "idle_wakeups": spent.wakeups / seconds}
        if worker and worker_before:
            spent = proc.work(worker).since(worker_before)
            sample |= {
                "idle_worker": spent.ticks_ms,
                "idle_worker_exact": spent.cpu_ms,
                "idle_worker_wakeups": spent.wakeups / seconds,
                "rss_worker": proc.rss_mib(worker),
            }
        return sample | {"rss_idle": proc.rss_mib(server.pid), "shutdown_rest": _shut_down(peer, server)}


def _shut_down(peer: Peer, server: Server) -> float:
    workers = proc.descendants(server.pid)
    spent = server.shut_down()
    if code := server.process.wait(1):
        raise Wrong(f"exit code {code} after shutdown and exit")
    for pid in workers:
        watch = proc.Watch(pid)
        if not watch.gone(5):
            raise Wrong(f"the worker {pid} is still there")
        watch.close()
    return spent
