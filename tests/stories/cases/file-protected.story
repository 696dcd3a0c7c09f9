A file that runs when somebody builds the project waits for a word of its own
feature: files

--- m.py
def f():
    return ‸1


def g():
    return 2

--- on disk: .github/workflows/ci.yml
on: push

--- agent
Built otherwise.
*** Begin Patch
*** Update File: .github/workflows/ci.yml
-on: push
+on: pull_request
*** End Patch

--- does
ask "Change the build."
status

=== eglot, helix, neovim-0.11
> ask "Change the build."
progress ends: To be confirmed by itself: .github/workflows/ci.yml (runs in CI). The changes wait as code actions at their places.
warning: To be confirmed by itself: .github/workflows/ci.yml (runs in CI). The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: .github/workflows/ci.yml (changed, to be confirmed by itself: it runs in CI): Built otherwise.
> status
- Codex [llm] · 1 to review
- proposal: pending
= m.py
  def f():
      return 1


  def g():
      return 2
= .github/workflows/ci.yml on disk
  on: push

=== neovim-0.12, sublime, vscode
> ask "Change the build."
edit: Codex: Built otherwise.
  to confirm: .github/workflows/ci.yml (runs in CI)
progress ends: .github/workflows/ci.yml: 1 change [llm]
.github/workflows/ci.yml is open
> status
- Codex [llm]
- proposal: applied, can be taken back
= .github/workflows/ci.yml
  on: pull_request
= m.py
  def f():
      return 1


  def g():
      return 2

=== kate
> ask "Change the build."
progress ends: .github/workflows/ci.yml: 1 change [llm]. To be confirmed by itself: .github/workflows/ci.yml (runs in CI). The changes wait as code actions at their places.
m.py:1 hint: Proposed elsewhere: .github/workflows/ci.yml (changed, to be confirmed by itself: it runs in CI): Built otherwise.
> status  (as above)
= m.py  (as above)
= .github/workflows/ci.yml on disk  (as above)
