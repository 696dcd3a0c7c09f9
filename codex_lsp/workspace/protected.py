"""Names of files whose change nobody may miss: what runs or steers something when somebody merely opens,
installs, builds, tests or commits. What only configures a tool, or says what a project needs, is not among
them: it is changed every day.

Pure tables. Each kind has a few words that tell a person what the file is for; they stand in titles.
"""

from __future__ import annotations

import re
import unicodedata
from fnmatch import translate
from functools import lru_cache
from itertools import pairwise

CI = "runs in CI"
FORGE = "steers the project's forge"
GIT = "steers git, or is run by it"
EDITOR = "is obeyed by editors"
SHELL = "is run by a shell, or at log-in"
AGENTS = "instructs agents"
HIDES = "says what agents and git leave alone"
BUILD = "is run by builds, installs or tests"
PACKAGES = "says what is installed"
SECRET = "holds secrets"  # noqa: S105
CHECKERS = "names what checkers and editors load"
SHORT = "may be another file's short name"

# Any part of a path.
_FOLDERS = {
    CI: ".circleci .buildkite .woodpecker .forgejo .gitea .gitlab .semaphore .teamcity .tekton",
    FORGE: ".github",
    GIT: ".git .hg .svn .jj .bzr .husky .githooks .lefthook",
    EDITOR: (
        ".vscode .vscode-server .vs .idea .fleet .zed .helix .nvim .vim .emacs.d .settings .theia "
        ".devcontainer .idx"
    ),
    SHELL: ".ssh .gnupg .mise .direnv",
    AGENTS: (
        ".cursor .codex .codex-lsp .claude .gemini .qwen .windsurf .clinerules .roo .kilocode .kiro "
        ".augment .continue .amazonq .junie .agents .agent .opencode .aider .goose .trae .copilot"
    ),
    BUILD: ".cargo .mvn .yarn .bundle .gradle",
}
# Two parts, one behind the other; they come before what single parts say.
_PAIRS = {
    (".github", "workflows"): CI,
    (".github", "actions"): CI,
    (".github", "instructions"): AGENTS,
    (".github", "prompts"): AGENTS,
    (".github", "agents"): AGENTS,
    (".github", "chatmodes"): AGENTS,
    (".github", "skills"): AGENTS,
    (".config", "fish"): SHELL,
    (".config", "systemd"): SHELL,
    (".config", "autostart"): SHELL,
    (".config", "git"): GIT,
    (".config", "nvim"): EDITOR,
    (".config", "helix"): EDITOR,
    (".config", "zed"): EDITOR,
    ("gradle", "wrapper"): BUILD,
}
# The last part of a path.
_NAMES = {
    SECRET: ".env .env.* *.pem *.key id_rsa* id_ed25519* id_ecdsa* .netrc .npmrc .pypirc .pgpass .htpasswd",
    CI: (
        ".gitlab-ci.yml .gitlab-ci.yaml azure-pipelines*.yml azure-pipelines*.yaml jenkinsfile "
        "jenkinsfile.groovy .travis.yml .drone.yml .drone.star .woodpecker.yml .woodpecker.yaml "
        "bitbucket-pipelines.yml appveyor.yml .appveyor.yml cloudbuild.yaml cloudbuild.yml "
        "buildspec.yml buildspec.yaml .cirrus.yml .cirrus.star wercker.yml codefresh.yml action.yml "
        "action.yaml .readthedocs.yml .readthedocs.yaml netlify.toml vercel.json"
    ),
    FORGE: (
        "codeowners dependabot.yml dependabot.yaml renovate.json renovate.json5 .renovaterc "
        ".renovaterc.json"
    ),
    GIT: (
        ".gitmodules .gitattributes .gitconfig .lfsconfig .hgrc .pre-commit-config.yaml "
        ".pre-commit-config.yml .pre-commit-hooks.yaml lefthook.yml lefthook.yaml lefthook.toml "
        "lefthook-local.yml .lefthook.yml .overcommit.yml .lintstagedrc .lintstagedrc.* "
        "lint-staged.config.*"
    ),
    EDITOR: (
        "*.code-workspace *.code-profile *.sublime-project *.sublime-workspace *.sublime-build "
        ".vimrc .gvimrc _vimrc .exrc .nexrc .nvimrc .nvim.lua .lvimrc .local.vimrc .vimspector.json "
        ".dir-locals.el .dir-locals-2.el .projectile .emacs .spacemacs *.iml *.ipr *.iws "
        ".kateproject .kateproject.* .kateconfig .lldbinit .gdbinit .devcontainer.json "
        "devcontainer.json .gitpod.yml .gitpod.dockerfile devfile.yaml launch.vs.json tasks.vs.json"
    ),
    SHELL: (
        ".bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv "
        ".zprofile .zlogin .zlogout .kshrc .cshrc .tcshrc .login .logout .inputrc .xinitrc .xprofile "
        ".xsession .xsessionrc .pam_environment .envrc .direnvrc .autoenv .autoenv.zsh config.fish "
        "mise.toml .mise.toml mise.*.toml .rtx.toml .tool-versions *profile.ps1 authorized_keys "
        "crontab .crontab .tmux.conf .screenrc autorun.inf desktop.ini *.desktop .plan .forward "
        ".pythonrc .pythonstartup .irbrc .pryrc .rprofile .renviron .psqlrc .sqliterc .curlrc "
        ".wgetrc"
    ),
    AGENTS: (
        "agents.md agent.md claude.md claude.local.md gemini.md qwen.md warp.md replit.md "
        "conventions.md agents.override.md copilot-instructions.md .cursorrules .windsurfrules "
        ".clinerules .roorules .roomodes .kilocodemodes .goosehints .aider.conf.yml .aider.conf.yaml "
        "*.instructions.md *.prompt.md *.chatmode.md *.agent.md *.mdc skill.md .rules .mcp.json "
        "mcp.json opencode.json opencode.jsonc"
    ),
    HIDES: (
        ".gitignore .ignore .rgignore .aiignore .aiexclude .cursorignore .cursorindexingignore "
        ".geminiignore .codexignore .codeiumignore .claudeignore .clineignore .rooignore "
        ".aiderignore .augmentignore .copilotignore .continueignore .llmignore .dockerignore "
        ".npmignore"
    ),
    BUILD: (
        "package.json package.json5 package.yaml .yarnrc .yarnrc.yml .pnpmfile.cjs .pnpmfile.mjs "
        "pnpm-workspace.yaml bunfig.toml deno.json deno.jsonc lerna.json nx.json turbo.json "
        "gruntfile.* gulpfile.* binding.gyp *.gyp *.gypi setup.py setup.cfg tox.ini noxfile.py "
        "fabfile.py conftest.py pytest.ini sitecustomize.py usercustomize.py *.pth pyvenv.cfg "
        "meson.build build.rs rust-toolchain rust-toolchain.toml gemfile *.gemspec rakefile .rspec "
        "composer.json mix.exs rebar.config dune-project build.zig build.zig.zon package.swift "
        "podfile *.podspec cartfile build.gradle build.gradle.kts settings.gradle "
        "settings.gradle.kts gradle.properties init.gradle gradlew gradlew.bat pom.xml mvnw mvnw.cmd "
        "build.sbt build.xml build.sc *.csproj *.vbproj *.fsproj *.vcxproj *.proj *.sln *.props "
        "*.targets nuget.config global.json directory.build.* *.xcconfig *.pbxproj cmakelists.txt "
        "cmakepresets.json cmakeuserpresets.json *.cmake configure configure.ac configure.in "
        "makefile makefile.* gnumakefile bsdmakefile *.mk *.mak justfile .justfile taskfile.yml "
        "taskfile.yaml sconstruct sconscript wscript build.ninja build build.bazel workspace "
        "workspace.bazel module.bazel *.bzl .bazelrc .buckconfig flake.nix shell.nix default.nix "
        "devenv.nix compose.yml compose.yaml compose.*.yml compose.*.yaml docker-compose*.yml "
        "docker-compose*.yaml docker-bake.hcl vagrantfile procfile tiltfile skaffold.yaml "
        "earthfile"
    ),
    PACKAGES: (
        "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb "
        "poetry.lock uv.lock pdm.lock pixi.lock pipfile.lock cargo.lock gemfile.lock composer.lock "
        "go.sum go.work.sum flake.lock mix.lock pubspec.lock pubspec.yaml deno.lock podfile.lock "
        "package.resolved packages.lock.json requirements*.txt constraints*.txt requirements*.in "
        "pip.conf pip.ini .condarc environment.yml environment.yaml brewfile"
    ),
    CHECKERS: (
        ".eslintrc .eslintrc.* eslint.config.* .prettierrc .prettierrc.* prettier.config.* "
        ".stylelintrc .stylelintrc.* stylelint.config.* .babelrc .babelrc.* babel.config.* "
        "vite.config.* vitest.config.* vitest.workspace.* webpack.config.* rollup.config.* "
        "rspack.config.* esbuild.config.* jest.config.* playwright.config.* cypress.config.* "
        ".mocharc* karma.conf.* tailwind.config.* postcss.config.* .postcssrc* next.config.* "
        "nuxt.config.* svelte.config.* astro.config.* metro.config.* mypy.ini .mypy.ini .pylintrc "
        "pylintrc .flake8"
    ),
}  # fmt: skip

# What a Windows file system calls `.git` beside its name is `GIT~1`.
_SHORT = re.compile(r"[^~.]{1,8}~[0-9]{1,6}(\.[^.~]{0,3})?")

_PART = {name: why for why, names in _FOLDERS.items() for name in names.split()}
_FILE = {name: why for why, names in _NAMES.items() for name in names.split() if "*" not in name}


@lru_cache(1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The names with a `*`, one expression for each kind."""
    return tuple(
        (re.compile("|".join(translate(each) for each in names.split() if "*" in each)), why)
        for why, names in _NAMES.items()
        if "*" in names
    )


@lru_cache(4096)
def why_protected(path: str) -> str:
    """What the file of this path does that its change must be confirmed by itself, in words; "" if nothing.

    The path has `/` between its parts. Case, Unicode forms and look-alikes that some file system takes for
    the same name are set aside.
    """
    folded = path if path.isascii() else unicodedata.normalize("NFKC", path)
    parts = [part for part in folded.casefold().split("/") if part]
    for pair in pairwise(parts):
        if found := _PAIRS.get(pair):
            return found
    name = parts[-1] if parts else ""
    by_name = _FILE.get(name) or next((why for names, why in _patterns() if names.match(name)), "")
    by_name = by_name or next((_PART[part] for part in parts if part in _PART), "")
    return by_name or (SHORT if "~" in folded and any(map(_SHORT.fullmatch, parts)) else "")
