/** Where the server's program is. Nothing is run to find out, and nothing is downloaded without being asked. */
import { isAbsolute, join, posix, resolve, sep, win32 } from 'node:path';

export const BESIDE_PYTHON = 'the selected Python environment';

export type Launcher = 'none' | 'uvx' | 'pipx';

export interface Launch {
  command: string;
  args: string[];
  how: string;
}

/** What the search stands on. `python` gives the interpreter that is selected; `folders` are the workspace's. */
export interface Surroundings {
  setting: string;
  launcher: Launcher;
  python: () => Promise<string | undefined>;
  trusted: boolean;
  folders: readonly string[];
  path: string;
  home: string;
  platform: NodeJS.Platform;
  isExecutable: (file: string) => Promise<boolean>;
}

export class NotFound extends Error {}

/** The setting, the selected Python environment, PATH, where tools are installed, then the launcher if chosen. */
export async function locate(around: Surroundings): Promise<Launch> {
  if (around.setting) return fromSetting(around);
  const found = (await besidePython(around)) ?? (await installed(around)) ?? (await launched(around));
  if (found) return found;
  throw new NotFound('The program codex-lsp was not found.');
}

async function fromSetting(around: Surroundings): Promise<Launch> {
  const file = around.setting.replace(/^~(?=[/\\]|$)/, around.home);
  if (!isAbsolute(file)) throw new NotFound(`codexLsp.server.path must be an absolute path, but is ${around.setting}`);
  if (await around.isExecutable(file)) return { command: file, args: [], how: 'codexLsp.server.path' };
  throw new NotFound(`codexLsp.server.path names no program: ${file}`);
}

async function besidePython(around: Surroundings): Promise<Launch | undefined> {
  const python = await around.python();
  if (!python || !isAbsolute(python)) return undefined;
  const folder = resolve(python, '..');
  // What lies in a folder that is not trusted is not run.
  if (!around.trusted && around.folders.some((each) => (folder + sep).startsWith(resolve(each) + sep))) return undefined;
  return first(around, [folder], 'codex-lsp', BESIDE_PYTHON);
}

async function installed(around: Surroundings): Promise<Launch | undefined> {
  return (
    (await first(around, onPath(around), 'codex-lsp', 'PATH')) ??
    (await first(around, usual(around), 'codex-lsp', 'the folder of installed tools'))
  );
}

async function launched(around: Surroundings): Promise<Launch | undefined> {
  if (around.launcher === 'none') return undefined;
  const found = await first(around, [...onPath(around), ...usual(around)], around.launcher, around.launcher);
  if (!found) throw new NotFound(`codexLsp.server.launcher is ${around.launcher}, which was not found.`);
  return { ...found, args: around.launcher === 'uvx' ? ['codex-lsp'] : ['run', 'codex-lsp'] };
}

async function first(around: Surroundings, folders: string[], name: string, how: string): Promise<Launch | undefined> {
  const file = around.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of folders) {
    const command = join(folder, file);
    if (await around.isExecutable(command)) return { command, args: [], how };
  }
  return undefined;
}

/** The folders of PATH; relative ones depend on where one stands, and are left out. */
function onPath(around: Surroundings): string[] {
  const own = around.platform === 'win32' ? win32 : posix;
  return around.path.split(own.delimiter).filter((each) => each && own.isAbsolute(each));
}

/** Where uv and pipx put what they install; an editor started from a desktop seldom has it on its PATH. */
function usual(around: Surroundings): string[] {
  return [join(around.home, '.local', 'bin')];
}
