/** Setting up: on and off, the program, the key; what to do where it is not installed. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Key } from './key';
import { SECTION } from './protocol';
import { type Host, isExecutable } from './server/host';
import type { Launcher } from './server/locate';

const WALKTHROUGH = 'codex-lsp.codex-lsp#start';

export function openWalkthrough(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}

export function openSettings(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', '@ext:codex-lsp.codex-lsp');
}

export async function set(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update(name, value, vscode.ConfigurationTarget.Global);
}

/** Ask for the key. It is shown nowhere, and an empty one is forgotten. */
export async function askKey(key: Key): Promise<void> {
  const given = await vscode.window.showInputBox({
    title: 'Key of the endpoint',
    prompt: 'Kept in the secret storage; sent to the configured endpoint only. Leave it empty to forget it.',
    password: true,
    ignoreFocusOut: true,
  });
  if (given !== undefined) await key.set(given.trim());
}

/** The program is not there: say so once, and what can be done. */
export async function tellMissing(host: Host): Promise<void> {
  const via = await launchers();
  const buttons = ['How to Install', 'Choose the Program…', ...via.map((each) => `Run by ${each}`)];
  const chosen = await vscode.window.showWarningMessage(host.reason, ...buttons);
  if (chosen === 'How to Install') await openWalkthrough();
  else if (chosen === 'Choose the Program…') await choose();
  else if (chosen) await set('server.launcher', via.find((each) => chosen.endsWith(each)) ?? 'none');
}

async function choose(): Promise<void> {
  const found = await vscode.window.showOpenDialog({ title: 'The program codex-lsp', canSelectMany: false });
  if (found?.[0]) await set('server.path', found[0].fsPath);
}

async function launchers(): Promise<Launcher[]> {
  const folders = [...(process.env['PATH'] ?? '').split(process.platform === 'win32' ? ';' : ':'), join(homedir(), '.local', 'bin')];
  const found: Launcher[] = [];
  for (const name of ['uvx', 'pipx'] as const) {
    const files = folders.filter(Boolean).map((each) => join(each, process.platform === 'win32' ? `${name}.exe` : name));
    for (const file of files) {
      if (!found.includes(name) && (await isExecutable(file))) found.push(name);
    }
  }
  return found;
}
