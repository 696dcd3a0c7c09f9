A file that runs when somebody builds the project is not touched
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

=== eglot, helix, kate, neovim-0.11, neovim-0.12, sublime, vscode
> ask "Change the build."
progress ends: .github/workflows/ci.yml: it is protected: change it yourself. Nothing was applied. Ask again, or in other words.
error: .github/workflows/ci.yml: it is protected: change it yourself. Nothing was applied. Ask again, or in other words.
> status
- Codex · failed
- last error: edit
= m.py
  def f():
      return 1


  def g():
      return 2
= .github/workflows/ci.yml on disk
  on: push
