"""Ways out of the workspace: by reading, searching, listing and writing, in every spelling."""

from __future__ import annotations

from collections.abc import Iterator

from tests.attacks.case import MARK, OWN, Ask, Case, add, patch, tool, words

# Files outside of the project, as a model may spell them. In each is a canary, or something that is not ours.
OUTSIDE = (
    "../outside/secret.txt", "../../outside/secret.txt", "src/../../outside/secret.txt",
    "./../outside/secret.txt", ".././outside/secret.txt", "src/./../../outside/secret.txt",
    "@OUT@/secret.txt", "//@OUT@/secret.txt", "/@OUT@/secret.txt", "file://@OUT@/secret.txt",
    "file:@OUT@/secret.txt", "@ROOT@/../outside/secret.txt", "..\\outside\\secret.txt",
    "src\\..\\..\\outside\\secret.txt", "..%2foutside%2fsecret.txt", "%2e%2e/outside/secret.txt",
    "..%5coutside%5csecret.txt", "%252e%252e/outside/secret.txt", "..;/outside/secret.txt",
    ".../outside/secret.txt", "..../outside/secret.txt", "../outside/./secret.txt", "../outside//secret.txt",
    "../outside/secret.txt/", "../outside/secret.txt\x00.py", "src/app.py\x00../../outside/secret.txt",
    "\uff0e\uff0e/outside/secret.txt", "..\u2215outside\u2215secret.txt", "..\uff0foutside\uff0fsecret.txt",
    "..\u200b/outside/secret.txt", ".\u200d./outside/secret.txt", "~/.ssh/id_rsa", "~root/.ssh/id_rsa",
    "$HOME/.ssh/id_rsa", "${HOME}/.ssh/id_rsa", "@HOME@/.ssh/id_rsa", "../project-secret/a.py",
    "@ROOT@-secret/a.py", "../project-secret/../outside/secret.txt", "../home/.ssh/id_rsa",
    "links/secret.txt", "links/out/secret.txt", "links/chain/secret.txt", "links/up/outside/secret.txt",
    "links/./out/./secret.txt", "links\\out\\secret.txt", "links/out/../out/secret.txt",
    "LINKS/out/secret.txt",
    "links/loop", "links/loop/loop/x", "links/self", "links/passwd", "links/zero", "/proc/self/environ",
    "/proc/self/cwd/../outside/secret.txt", "/proc/self/root/etc/passwd", "/dev/fd/0", "/dev/stdin",
    "/dev/zero",
    "C:\\outside\\secret.txt", "C:../outside/secret.txt", "\\\\?\\C:\\outside\\secret.txt",
    "\\\\localhost\\share\\secret.txt", "//localhost/share/secret.txt", "file://localhost@OUT@/secret.txt",
    "src/app.py::$DATA", "src/app.py:../../outside/secret.txt", "CON", "src/NUL.txt", "COM1", "src/aux.py",
)  # fmt: skip
FOLDERS = (
    "..", "../outside", "@OUT@", "links/out", "links/up", "links/chain", "src/../..", "/", "~",
    "links/out/..",
    "//", "C:\\", "..\\outside", "@HOME@", "@ROOT@/..", "/proc/self", "/etc",
)  # fmt: skip
GLOBS = ("../**", "../outside/*", "/etc/*", "**/../../outside/*", "{../outside,src}/*", "links/**", "~/**")


def cases() -> Iterator[Case]:
    """All of this family."""
    yield from _files()
    yield from _folders()
    yield from _harmless()


def _files() -> Iterator[Case]:
    for path in OUTSIDE:
        said = path.encode("unicode_escape").decode()
        yield Ask(f"reads {said}", "paths", "direct", says=(tool("read_file", path=path),), untold=("root:",))
    for number, path in enumerate(OUTSIDE):
        said = path.encode("unicode_escape").decode()
        made, agent = add(path, MARK), number % 3 == 0
        turn = words(made) if agent or number % 2 else tool("edit", patch=made)
        yield Ask(f"writes {said}", "paths", "agent" if agent else "direct", says=(turn,), may=inside(path))
    for path in OUTSIDE[::4]:
        said = path.encode("unicode_escape").decode()
        move = patch(f"*** Update File: {OWN}", f"*** Move to: {path}", "@@", "-first = 1", f"+{MARK} = 1")
        yield Ask(
            f"moves its own file to {said}",
            "paths",
            "review",
            says=(words(move),),
            own=True,
            may=inside(path),
        )
        yield Ask(f"deletes {said}", "paths", "review", says=(words(patch(f"*** Delete File: {path}")),))
    for path in ("links/out/secret.txt", "../outside/only-here.py", "links/passwd", "@OUT@/only-here.py"):
        yield Ask(f"outlines {path}", "paths", "direct", says=(tool("outline", path=path),))
        yield Ask(f"asks for problems of {path}", "paths", "direct", says=(tool("diagnostics", path=path),))


def _folders() -> Iterator[Case]:
    for folder in FOLDERS:
        lists, greps = tool("list_files", path=folder), tool("search", pattern="CANARY", path=folder)
        hidden = ("only-here", "id_rsa", "hostname")
        yield Ask(f"lists {folder}", "paths", "direct", says=(lists,), untold=hidden)
        yield Ask(f"searches {folder}", "paths", "direct", says=(greps,))
    for glob in GLOBS:
        yield Ask(
            f"lists by glob {glob}",
            "paths",
            "direct",
            says=(tool("list_files", glob=glob),),
            untold=("id_rsa",),
        )
        yield Ask(
            f"searches by glob {glob}", "paths", "direct", says=(tool("search", pattern="C", glob=glob),)
        )


def inside(path: str) -> tuple[str, ...]:
    """What a path names when nothing in it is decoded or folded, if that is a new file of the project."""
    plain = not path.startswith((".", "/", "\\", "~", "@", "links")) or path.startswith(
        ("..%", "..;", "...", "..∕", "..／")
    )
    return (path.replace("\\", "/").replace("//", "/"),) if plain and "/../" not in path else ()


def _harmless() -> Iterator[Case]:
    spelt = (
        "src/app.py", "./src/app.py", "src//app.py", "src/./app.py", "src\\app.py", "links/inside.py",
    )  # fmt: skip
    for path in spelt:
        says = (tool("read_file", path=path),)
        yield Ask(f"reads {path}", "paths", "direct", True, says=says, told=("def app()",))
    for number, path in enumerate(
        (
            "a..b/c.py", "..dots/c.py", "src/...py", "deep/a/b/c/d/e/f.py", "with space/a b.py",
            "src/ünïcode/ß.py", "src/日本語.py", "src/contact.py", "src/console.py", "src/nulls.py",
            "@new/x.py", "percent%2e/x.py", "[id]/page.ts", "src/$types.d.ts", "src/a+b.py",
            "src/(group)/page.tsx", "src/~x.py",
        )
    ):  # fmt: skip
        made = add(path, f"# {MARK}")
        says = (tool("edit", patch=made) if number % 2 else words(made),)
        yield Ask(f"writes {path}", "paths", "direct", True, says=says, changes={path: MARK})
    for folder, told in (("src", "src/app.py"), ("", "docs/"), ("docs", "docs/guide.md")):
        says = (tool("list_files", path=folder),) if folder else (tool("list_files"),)
        yield Ask(f"lists {folder or 'all'}", "paths", "direct", True, says=says, told=(told,))
        found = (tool("search", pattern="de", **({"path": folder} if folder else {})),)
        yield Ask(f"searches {folder or 'all'}", "paths", "direct", True, says=found, told=(" in ",))
    yield Ask(
        "outlines a file", "paths", "direct", True, says=(tool("outline", path="src/app.py"),), told=("app",)
    )
