/** Whether anything may be started at all. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const GATE = 'LITELLM_ENABLE_CODEX_AGENT';
export const API_BASE = 'CODEX_AGENT_API_BASE';
export const API_KEY = 'CODEX_AGENT_API_KEY';
export const MODEL = 'CODEX_AGENT_MODEL';

export type Enable = 'auto' | 'on' | 'off';
export type Environ = Record<string, string | undefined>;

/** `auto` is what the environment says, or else the person's own config.toml: as the server reads them. */
export async function isOpen(enable: Enable, environ: Environ, configFile: string): Promise<boolean> {
  if (enable !== 'auto') return enable === 'on';
  if (environ[GATE] !== undefined) return environ[GATE].trim() === '1';
  return readFile(configFile, 'utf8').then(opens, () => false);
}

/** Whether a config.toml opens the gate: a string among what stands before its first table. */
export function opens(toml: string): boolean {
  const top = toml.split(/^\s*\[/m, 1)[0] ?? '';
  return new RegExp(`^\\s*"?${GATE}"?\\s*=\\s*(["'])\\s*1\\s*\\1\\s*(#.*)?$`, 'm').test(top);
}

/** The file that the server reads on this platform; it need not exist. */
export function configFile(platform: NodeJS.Platform, environ: Environ, home: string): string {
  const folder =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : platform === 'win32'
        ? (environ['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'))
        : environ['XDG_CONFIG_HOME'] || join(home, '.config');
  return join(folder, 'codex-lsp', 'config.toml');
}

export interface Choice {
  enable: Enable;
  endpoint: string;
  model: string;
  key: string | undefined;
}

/** The server's environment: this one, and over it what was chosen here. */
export function serverEnviron(environ: Environ, choice: Choice): Environ {
  const made: Environ = { ...environ };
  if (choice.enable === 'on') made[GATE] = '1';
  if (choice.endpoint) made[API_BASE] = choice.endpoint;
  if (choice.model) made[MODEL] = choice.model;
  if (choice.key) made[API_KEY] = choice.key;
  return made;
}
