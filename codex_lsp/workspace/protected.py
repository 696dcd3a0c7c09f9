"""Names of files whose change nobody may miss: what runs or steers something when somebody merely opens,
installs, builds, tests or commits. What only configures a tool, or says what a project needs, is not among
them: it is changed every day.

Pure tables. Each kind has a few words that tell a person what the file is for; they stand in titles.
"""

from __future__ import annotations

import re
import unicodedata
from fnmatch import fnmatchcase
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
    CI: (
        ".circleci .buildkite .woodpecker .forgejo .gitea .gitlab .semaphore .teamcity .tekton .harness "
        ".ci .azure-pipelines .pipelines .builds .concourse zuul.d .zuul.d .xcodecloud ci_scripts"
    ),
    FORGE: ".github",
    GIT: ".git .hg .svn .jj .bzr _darcs .husky .githooks .git-hooks .hooks .lefthook",
    EDITOR: (
        ".vscode .vscode-server .vs .idea .fleet .zed .helix .nvim .vim .emacs.d .settings .theia "
        ".devcontainer .idx .run .metals .bsp .clj-kondo .lsp .nova .lapce .kak nbproject "
        ".externaltoolbuilders .codesandbox .stackblitz .replit .neoconf .nlsp-settings"
    ),
    SHELL: (
        ".ssh .gnupg .mise .direnv .config .local .ipython .jupyter .zfunc .oh-my-zsh .xmonad .proto .flox "
        ".devbox"
    ),
    AGENTS: (
        ".cursor .codex .codex-lsp .claude .gemini .qwen .windsurf .clinerules .roo .kilocode .kiro "
        ".augment .continue .amazonq .junie .agents .agent .opencode .aider .goose .trae .copilot .crush "
        ".factory .openhands .devin .cody .tabnine .zencoder .firebender .ruler .specify .serena .warp "
        ".rovodev .iflow .codebuddy .kimi .grok .vibe .cline .mcp .pi .amp .jules .droid .sourcegraph"
    ),
    BUILD: (
        ".cargo .mvn .yarn .bundle .gradle .sbt .moon .nuget .m2 .pip .npm .bazel buildsrc *.xcodeproj "
        "*.xcworkspace"
    ),
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
    SECRET: (
        ".env .env.* *.pem *.key id_rsa* id_ed25519* id_ecdsa* .netrc .npmrc .pypirc .pgpass .htpasswd"
    ),
    CI: (
        ".gitlab-ci.yml .gitlab-ci.yaml azure-pipelines*.yml azure-pipelines*.yaml jenkinsfile "
        "jenkinsfile.groovy .travis.yml .drone.yml .drone.star .woodpecker.yml .woodpecker.yaml "
        "bitbucket-pipelines.yml appveyor.yml .appveyor.yml cloudbuild.yaml cloudbuild.yml buildspec.yml "
        "buildspec.yaml .cirrus.yml .cirrus.star wercker.yml codefresh.yml action.yml action.yaml "
        ".readthedocs.yml .readthedocs.yaml netlify.toml vercel.json *.gitlab-ci.yml .gitlab-ci*.yml "
        "jenkinsfile-* .build.yml .zuul.yaml .prow.yaml .vela.yml .drone.* bitrise.yml codemagic.yaml "
        ".evergreen.yml heroku.yml app.json render.yaml fly.toml wrangler.toml wrangler.json* "
        "serverless.yml serverless.yaml firebase.json nixpacks.toml railway.json .mergify.yml codecov.yml "
        ".codecov.yml sonar-project.properties fastfile appfile dangerfile dangerfile.js dangerfile.ts"
    ),
    FORGE: (
        "codeowners dependabot.yml dependabot.yaml renovate.json renovate.json5 .renovaterc "
        ".renovaterc.json"
    ),
    GIT: (
        ".gitmodules .gitattributes .gitconfig .lfsconfig .hgrc .pre-commit-config.yaml "
        ".pre-commit-config.yml .pre-commit-hooks.yaml lefthook.yml lefthook.yaml lefthook.toml "
        "lefthook-local.yml .lefthook.yml .overcommit.yml .lintstagedrc .lintstagedrc.* "
        "lint-staged.config.* captainhook.json grumphp.yml grumphp.yaml .huskyrc .huskyrc.* "
        "commitlint.config.* release.config.* .releaserc .releaserc.* .simple-git-hooks.* "
        "simple-git-hooks.* .git-credentials .gitreview"
    ),
    EDITOR: (
        "*.code-workspace *.code-profile *.sublime-project *.sublime-workspace *.sublime-build .vimrc "
        ".gvimrc _vimrc .exrc .nexrc .nvimrc .nvim.lua .lvimrc .local.vimrc .vimspector.json "
        ".dir-locals.el .dir-locals-2.el .projectile .emacs .spacemacs *.iml *.ipr *.iws .kateproject "
        ".kateproject.* .kateconfig .lldbinit .gdbinit .devcontainer.json devcontainer.json .gitpod.yml "
        ".gitpod.dockerfile devfile.yaml launch.vs.json tasks.vs.json .project .classpath .factorypath "
        "*.launch .ycm_extra_conf.py .luarc.json .luarc.jsonc .luacheckrc .clangd compile_commands.json "
        "compile_flags.txt .clang_complete .ccls rust-analyzer.toml .rust-analyzer.toml rust-project.json "
        "pyrightconfig.json omnisharp.json .omnisharp.json coc-settings.json .neoconf.json .nlsp.json "
        ".solargraph.yml .merlin hie.yaml .ghci *.xcscheme .replit replit.nix .stackblitzrc "
        ".lite_project.lua .kakrc .tern-project"
    ),
    SHELL: (
        ".bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile "
        ".zlogin .zlogout .kshrc .cshrc .tcshrc .login .logout .inputrc .xinitrc .xprofile .xsession "
        ".xsessionrc .pam_environment .envrc .direnvrc .autoenv .autoenv.zsh config.fish mise.toml "
        ".mise.toml mise.*.toml .rtx.toml .tool-versions *profile.ps1 authorized_keys crontab .crontab "
        ".tmux.conf .screenrc autorun.inf desktop.ini *.desktop .plan .forward .pythonrc .pythonstartup "
        ".irbrc .pryrc .rprofile .renviron .psqlrc .sqliterc .curlrc .wgetrc .bash_* .zsh* .*_profile "
        ".xmobarrc .gemrc .pdbrc .pdbrc.py .ocamlinit .iex.exs .erlang .lein* .sbtopts .jvmopts .proverc "
        ".hgrc .nvmrc .node-version .python-version .ruby-version .java-version .terraform-version "
        ".go-version .sdkmanrc .prototools devbox.json devenv.yaml .htaccess .user.ini .desktop.ini *.lnk "
        "*.url *.webloc *.scf *.reg *.hta *.inf"
    ),
    AGENTS: (
        "agents.md agent.md claude.md claude.local.md gemini.md qwen.md warp.md replit.md conventions.md "
        "agents.override.md copilot-instructions.md .cursorrules .windsurfrules .clinerules .roorules "
        ".roomodes .kilocodemodes .goosehints .aider.conf.yml .aider.conf.yaml *.instructions.md "
        "*.prompt.md *.chatmode.md *.agent.md *.mdc skill.md .rules .mcp.json mcp.json opencode.json "
        "opencode.jsonc crush.md crush.json .crush.json codebuddy.md iflow.md grok.md kimi.md jules.md "
        ".openhands_instructions firebender.json .coderabbit.yaml .sweep.yaml llms.txt .aider* "
        ".cursorindexingignore .windsurfignore .mcp.* claude_desktop_config.json agents.local.md "
        ".augment-guidelines .traerules .github-copilot-*"
    ),
    HIDES: (
        ".gitignore .ignore .rgignore .aiignore .aiexclude .cursorignore .cursorindexingignore "
        ".geminiignore .codexignore .codeiumignore .claudeignore .clineignore .rooignore .aiderignore "
        ".augmentignore .copilotignore .continueignore .llmignore .dockerignore .npmignore"
    ),
    BUILD: (
        "package.json package.json5 package.yaml .yarnrc .yarnrc.yml .pnpmfile.cjs .pnpmfile.mjs "
        "pnpm-workspace.yaml bunfig.toml deno.json deno.jsonc lerna.json nx.json turbo.json gruntfile.* "
        "gulpfile.* binding.gyp *.gyp *.gypi setup.py setup.cfg tox.ini noxfile.py fabfile.py conftest.py "
        "pytest.ini sitecustomize.py usercustomize.py *.pth pyvenv.cfg meson.build build.rs rust-toolchain "
        "rust-toolchain.toml gemfile *.gemspec rakefile .rspec composer.json mix.exs rebar.config "
        "dune-project build.zig build.zig.zon package.swift podfile *.podspec cartfile build.gradle "
        "build.gradle.kts settings.gradle settings.gradle.kts gradle.properties init.gradle gradlew "
        "gradlew.bat pom.xml mvnw mvnw.cmd build.sbt build.xml build.sc *.csproj *.vbproj *.fsproj "
        "*.vcxproj *.proj *.sln *.props *.targets nuget.config global.json directory.build.* *.xcconfig "
        "*.pbxproj cmakelists.txt cmakepresets.json cmakeuserpresets.json *.cmake configure configure.ac "
        "configure.in makefile makefile.* gnumakefile bsdmakefile *.mk *.mak justfile .justfile "
        "taskfile.yml taskfile.yaml sconstruct sconscript wscript build.ninja build build.bazel workspace "
        "workspace.bazel module.bazel *.bzl .bazelrc .buckconfig flake.nix shell.nix default.nix "
        "devenv.nix compose.yml compose.yaml compose.*.yml compose.*.yaml docker-compose*.yml "
        "docker-compose*.yaml docker-bake.hcl vagrantfile procfile tiltfile skaffold.yaml earthfile "
        "*.gradle *.gradle.kts libs.versions.toml *.sbt build.mill *.*proj *.slnx *.nuspec *.ruleset "
        "*.runsettings dotnet-tools.json paket.dependencies *.nix nix.conf guix.scm jakefile jakefile.js "
        "cakefile guardfile berksfile capfile thorfile puppetfile *.rake config.ru magefile.go go.work "
        ".air.toml dub.json dub.sdl *.nimble *.nims nim.cfg *.rockspec lakefile.lean lakefile.toml "
        "lean-toolchain project.clj deps.edn bb.edn build.boot shadow-cljs.edn setup.hs setup.lhs "
        "stack.yaml cabal.project *.cabal dune *.opam *.sln.* build.pl makefile.pl cpanfile dist.ini "
        "hatch_build.py dodo.py versioneer.py conf.py pytest.toml .pytest.toml .pytest.ini .coveragerc "
        "jupyter_*_config.py ipython_config.py gunicorn.conf.py uv.toml poetry.toml pdm.toml pixi.toml "
        ".pydistutils.cfg pydistutils.cfg distutils.cfg melos.yaml build.yaml shard.yml pants.toml "
        ".plzconfig buck targets *.buck mage.go mprocs.yaml process-compose.yaml procfile.* nodemon.json "
        "ecosystem.config.* .pnp.cjs .pnp.loader.mjs angular.json project.json meson.options "
        "meson_options.txt *.m4 autogen.sh bootstrap.sh *.ninja taskfile.* *.just terragrunt.hcl "
        ".terraformrc .terraform.lock.hcl ansible.cfg phpunit.xml phpunit.xml.dist phpstan.neon "
        "phpstan.neon.dist psalm.xml rector.php ecs.php .php-cs-fixer.php .php-cs-fixer.dist.php "
        "analysis_options.yaml .formatter.exs .credo.exs rebar.config.script emakefile"
    ),
    PACKAGES: (
        "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb poetry.lock "
        "uv.lock pdm.lock pixi.lock pipfile.lock cargo.lock gemfile.lock composer.lock go.sum go.work.sum "
        "flake.lock mix.lock pubspec.lock pubspec.yaml deno.lock podfile.lock package.resolved "
        "packages.lock.json requirements*.txt constraints*.txt requirements*.in pip.conf pip.ini .condarc "
        "environment.yml environment.yaml brewfile pipfile requirements*.lock pylock.toml pylock.*.toml "
        "module.bazel.lock lake-manifest.json gradle.lockfile paket.lock devbox.lock devenv.lock mise.lock "
        ".bazelversion"
    ),
    CHECKERS: (
        ".eslintrc .eslintrc.* eslint.config.* .prettierrc .prettierrc.* prettier.config.* .stylelintrc "
        ".stylelintrc.* stylelint.config.* .babelrc .babelrc.* babel.config.* vite.config.* "
        "vitest.config.* vitest.workspace.* webpack.config.* rollup.config.* rspack.config.* "
        "esbuild.config.* jest.config.* playwright.config.* cypress.config.* .mocharc* karma.conf.* "
        "tailwind.config.* postcss.config.* .postcssrc* next.config.* nuxt.config.* svelte.config.* "
        "astro.config.* metro.config.* mypy.ini .mypy.ini .pylintrc pylintrc .flake8 .*rc .*rc.* "
        "*.config.js *.config.cjs *.config.mjs *.conf.js *.conf.cjs .markdownlint.* .markdownlint-cli2.* "
        ".remarkrc* .textlintrc* .rubocop.yml .rubocop_*.yml .erb_lint.yml .golangci.* .tflint.hcl "
        ".swiftlint.yml .pyre_configuration biome.json biome.jsonc graphql.config.* drizzle.config.* "
        "knexfile.* codegen.ts wdio.conf.* ava.config.* tsup.config.* uno.config.* .oxlintrc.json"
    ),
}  # fmt: skip

# What a Windows file system calls `.git` beside its name is `GIT~1`.
_SHORT = re.compile(r"[^~.]{1,8}~[0-9]{1,6}(\.[^.~]{0,3})?")

_PART = {name: why for why, names in _FOLDERS.items() for name in names.split()}
_ENDINGS = [name for name in _PART if name.startswith("*")]
_FILE = {name: why for why, names in _NAMES.items() for name in names.split() if "*" not in name}


# What stands before the first `*` and behind the last: expressions for all would take milliseconds.
_PATTERNS = [
    (each.partition("*")[0], each.rpartition("*")[2], each, why)
    for why, names in _NAMES.items()
    for each in names.split()
    if "*" in each
]


def _by_pattern(name: str) -> str:
    for before, behind, pattern, why in _PATTERNS:
        if name.startswith(before) and name.endswith(behind) and fnmatchcase(name, pattern):
            return why
    return ""


def _of_part(part: str) -> str:
    return _PART.get(part) or next((_PART[each] for each in _ENDINGS if part.endswith(each[1:])), "")


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
    by_name = _FILE.get(name) or _by_pattern(name)
    by_name = by_name or next((why for part in parts if (why := _of_part(part))), "")
    return by_name or (SHORT if "~" in folded and any(map(_SHORT.fullmatch, parts)) else "")
