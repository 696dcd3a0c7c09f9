/** The stories. Each leaves the server running, ready, and with nothing waiting. */
import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { held, patch } from '../endpoint.mjs';
import { commandOf, diffs, environOf, lenses, named, press, PROGRAM, servers, until, type World } from './world';

const ID = 'codex-lsp.codex-lsp';
const LINES = Array.from({ length: 30 }, (_, at) => `line_${at} = ${at}\n`).join('');

type Story = (world: World) => Promise<void>;

/** Three changes, far enough from each other. */
function three(name: string): string {
  const changes: [string, string][] = [
    ['line_2 = 2', 'line_2 = "two"'],
    ['line_12 = 12', 'line_12 = "twelve"'],
    ['line_22 = 22', 'line_22 = "many"'],
  ];
  return patch({ [name]: changes });
}

function isShown(document: vscode.TextDocument): boolean {
  return vscode.window.visibleTextEditors.some((each) => each.document === document);
}

async function waitingIn(world: World, name: string): Promise<vscode.TextDocument> {
  const document = await world.open(name, LINES);
  world.model.answer(three(name));
  await world.ask(document, { apply: 'review' });
  await until('three changes wait', async () => (await named(document, '$(check)')).length === 3);
  return document;
}

const off: Story = async (world) => {
  await world.open('off.py', LINES);
  const extension = vscode.extensions.getExtension(ID);
  await until('it is active', () => extension?.isActive);
  const commands = await vscode.commands.getCommands(true);
  assert.ok(commands.includes('codex-lsp.ask'));
  assert.ok(!commands.some((each) => each.startsWith('codexLsp.')));
  assert.deepEqual(servers(), []);
};

const turnedOn: Story = async (world) => {
  await world.set({ 'server.path': PROGRAM, endpoint: world.model.url, model: 'codex-agent/mini', road: 'model' });
  assert.deepEqual(servers(), []);
  await vscode.commands.executeCommand('codex-lsp.turnOn');
  await until('it is ready', async () => (await world.status()).state === 'ready');
  assert.equal(servers().length, 1);
  assert.equal(world.model.requests.length, 0);
  // What is the client's among the settings is no misspelt one of the server's.
  assert.deepEqual((await world.status()).problems, []);
};

const direct: Story = async (world) => {
  const document = await world.open('direct.py', LINES);
  world.model.answer(three('direct.py'));
  await world.ask(document);
  await until('it is applied', () => document.getText().includes('"many"'));
  assert.ok(document.getText().includes('line_2 = "two"\nline_3 = 3\n'));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '# typed later\n');
  await vscode.workspace.applyEdit(edit);
  await vscode.commands.executeCommand('codex-lsp.undo');
  await until('it is taken back', () => !document.getText().includes('"many"'));
  assert.equal(document.getText(), `# typed later\n${LINES}`);
};

const reviewed: Story = async (world) => {
  const document = await waitingIn(world, 'reviewed.py');
  assert.equal(document.getText(), LINES);
  const lines = (await named(document, '$(check)')).map((each) => each.range.start.line);
  assert.deepEqual(lines, [2, 12, 22]);
  await press((await named(document, '$(check)'))[0]);
  await until('one is accepted', () => document.getText().includes('"two"'));
  await until('two wait', async () => (await named(document, '$(check)')).length === 2);
  await press((await named(document, '$(close)'))[0]);
  await until('one waits', async () => (await named(document, '$(check)')).length === 1);
  assert.equal((await named(document, '$(check)'))[0]?.range.start.line, 22);
  const editor = await vscode.window.showTextDocument(document);
  editor.selection = new vscode.Selection(22, 3, 22, 3);
  await vscode.commands.executeCommand('codex-lsp.acceptChange');
  const expected = LINES.replace('line_2 = 2', 'line_2 = "two"').replace('line_22 = 22', 'line_22 = "many"');
  await until('the last is accepted', () => document.getText() === expected);
  await until('nothing waits', async () => (await lenses(document)).length === 0);
  await vscode.commands.executeCommand('codex-lsp.undo');
  await until('all is as it was', () => document.getText() === LINES);
};

const followed: Story = async (world) => {
  const document = await waitingIn(world, 'followed.py');
  const [first] = await named(document, '$(check)');
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), 'a = 1\nb = 2\n');
  await vscode.workspace.applyEdit(edit);
  await until('they moved', async () => (await named(document, '$(check)')).map((each) => each.range.start.line).join() === '4,14,24');
  // A lens from before does what it said, where that is now.
  await press(first);
  await until('it is accepted', () => document.lineAt(4).text === 'line_2 = "two"');
  await vscode.commands.executeCommand('codex-lsp.rejectAll');
  await until('nothing waits', async () => (await world.status()).proposals.length === 0);
  assert.equal(document.getText(), `a = 1\nb = 2\n${LINES.replace('line_2 = 2', 'line_2 = "two"')}`);
};

const diffed: Story = async (world) => {
  const document = await waitingIn(world, 'diffed.py');
  // As the light bulb's own "show diff" does.
  const [proposal] = (await world.status()).proposals;
  await vscode.commands.executeCommand('codexLsp.showDiff', { proposal });
  const [diff] = await until('the diff is open', () => (diffs().length ? diffs() : undefined));
  assert.equal(diff?.original.toString(), document.uri.toString());
  const proposed = await vscode.workspace.openTextDocument(diff?.modified as vscode.Uri);
  const all = LINES.replace('= 2\n', '= "two"\n').replace('= 12\n', '= "twelve"\n').replace('= 22\n', '= "many"\n');
  assert.equal(proposed.getText(), all);
  assert.deepEqual((await named(proposed, '$(check)')).map((each) => each.range.start.line), [2, 12, 22]);
  await press((await named(proposed, '$(close)'))[1]);
  await until('the diff follows', () => proposed.getText() === all.replace('"twelve"', '12'));
  const editor = await until('the diff is in front', () => vscode.window.visibleTextEditors.find((each) => each.document === proposed));
  await vscode.commands.executeCommand('workbench.action.compareEditor.focusPrimarySide');
  editor.selection = new vscode.Selection(22, 0, 22, 0);
  await until('its side has the cursor', () => vscode.window.activeTextEditor?.document === proposed);
  await vscode.commands.executeCommand('codex-lsp.acceptChange');
  await until('it is accepted', () => document.getText() === LINES.replace('= 22\n', '= "many"\n'));
  await vscode.commands.executeCommand('codex-lsp.acceptAll');
  await until('the rest is accepted', () => document.getText() === all.replace('"twelve"', '12'));
  await until('the diff is closed', () => diffs().length === 0);
};

const manyFiles: Story = async (world) => {
  const document = await world.open('many.py', LINES);
  await world.open('other.py', 'other = 1\n');
  await vscode.window.showTextDocument(document);
  world.model.answer(patch({ 'many.py': [['line_1 = 1', 'line_1 = one']], 'other.py': [['other = 1', 'other = 2']], 'made.py': 'made = True\n' }));
  await world.ask(document, { apply: 'review' });
  await until('it waits', async () => (await named(document, '$(check)')).length === 1);
  await vscode.commands.executeCommand('codex-lsp.showDiff');
  await until('all files are shown', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes('3 files'));
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('codex-lsp.acceptAll');
  const made = join(world.folder, 'made.py');
  await until('the file is made', () => existsSync(made));
  await until('all is applied', () => document.getText().includes('line_1 = one'));
  const texts = await Promise.all(['other.py', 'made.py'].map(async (each) => (await vscode.workspace.openTextDocument(join(world.folder, each))).getText()));
  assert.deepEqual(texts, ['other = 2\n', 'made = True\n']);
};

const refined: Story = async (world) => {
  const document = await waitingIn(world, 'refined.py');
  const [lens] = await named(document, 'Refine');
  const shown = lens?.command?.arguments?.[0] as { proposal: string; path: string; hunk: number };
  world.model.answer(patch({ 'refined.py': [['line_2 = "two"', 'line_2 = "deux"']] }));
  const { proposal, path, hunk } = shown;
  await vscode.commands.executeCommand('codexLsp.refine', { proposal, path, hunk, instruction: 'In French.' });
  await until('its successor waits', async () => {
    const [change] = await named(document, '$(check)');
    return JSON.stringify(change?.command?.arguments).includes('deux');
  });
  await vscode.commands.executeCommand('codex-lsp.rejectAll');
  await until('nothing waits', async () => (await world.status()).proposals.length === 0);
};

const typedMeanwhile: Story = async (world) => {
  const document = await world.open('typed.py', LINES);
  const answer = held(three('typed.py'));
  world.model.answer(answer.promise);
  const asked = world.model.requests.length;
  await world.ask(document);
  await until('the model is asked', () => world.model.requests.length > asked);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(5, 0), '# typed meanwhile\n');
  await vscode.workspace.applyEdit(edit);
  answer.release();
  await until('it is applied', () => document.getText().includes('"many"'));
  assert.ok(document.getText().includes('line_4 = 4\n# typed meanwhile\nline_5 = 5\n'));
};

const cancelled: Story = async (world) => {
  const document = await world.open('cancelled.py', LINES);
  const answer = held(three('cancelled.py'));
  world.model.answer(answer.promise);
  const [asked, left] = [world.model.requests.length, world.model.left.length];
  await world.ask(document);
  await until('the model is asked', () => world.model.requests.length > asked);
  await vscode.commands.executeCommand('codex-lsp.cancel');
  await until('it hangs up', () => world.model.left.length > left);
  await until('no run is left', async () => (await world.status()).runs.length === 0);
  answer.release();
  assert.equal(document.getText(), LINES);
};

const explained: Story = async (world) => {
  const document = await world.open('explained.py', LINES);
  world.model.answer('It **counts**.\n\n![x](https://pictures.invalid/x.png)');
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('codex-lsp.explain');
  const tab = await until('the answer is shown', () =>
    vscode.window.tabGroups.all.flatMap((group) => group.tabs).find((each) => each.input instanceof vscode.TabInputWebview && each.label.startsWith('Codex')),
  );
  // It is shown once: not as the server's document, too.
  assert.ok(!vscode.workspace.textDocuments.some((each) => each.uri.path.includes('answer-about') && !each.isClosed && isShown(each)));
  assert.equal(document.getText(), LINES);
  await vscode.window.tabGroups.close(tab);
};

const endpointDown: Story = async (world) => {
  const document = await world.open('down.py', LINES);
  const before = servers();
  world.model.down();
  await world.ask(document);
  await until('the run has ended', async () => (await world.status()).runs.length === 0);
  assert.equal(document.getText(), LINES);
  await world.model.up();
  world.model.answer(three('down.py'));
  await world.ask(document);
  await until('it is applied', () => document.getText().includes('"many"'));
  assert.deepEqual(servers(), before);
};

const killed: Story = async (world) => {
  const document = await world.open('killed.py', LINES);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '# not saved\n');
  await vscode.workspace.applyEdit(edit);
  const [before] = servers();
  assert.ok(before);
  process.kill(before, 'SIGKILL');
  await until('there is another one', () => servers().length === 1 && servers()[0] !== before);
  await until('it is ready', async () => (await world.status()).state === 'ready');
  world.model.answer(three('killed.py'));
  await world.ask(document);
  await until('it is applied', () => document.getText().includes('"many"'));
  assert.ok(document.getText().startsWith('# not saved\n'));
};

const restarted: Story = async (world) => {
  const [before] = servers();
  await vscode.commands.executeCommand('codex-lsp.restart');
  await until('it is ready', async () => (await world.status()).state === 'ready');
  assert.equal(servers().length, 1);
  assert.notEqual(servers()[0], before);
};

const falling: Story = async (world) => {
  const [program, count] = [join(world.folder, 'codex-falls'), join(world.folder, 'falls.txt')];
  writeFileSync(program, `#!/bin/sh\necho fell >> "${count}"\nexit 3\n`);
  await chmod(program, 0o755);
  const falls = (): number => (existsSync(count) ? readFileSync(count, 'utf8').trim().split('\n').length : 0);
  await world.set({ 'server.path': program });
  await until('it has fallen often', () => falls() >= 5);
  await world.set({ 'server.path': PROGRAM });
  await until('the right one is ready', async () => (await world.status()).state === 'ready');
  // Had it been tried once more, it would have been before this.
  assert.equal(falls(), 5);
};

const prompted: Story = async (world) => {
  const document = await world.open('prompted.py', LINES);
  const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
  const asked = world.model.requests.length;
  await vscode.commands.executeCommand('codexLsp.showPrompt', { uri: document.uri.toString(), range, instruction: 'Count down.' });
  const shown = await until('it is shown', () => vscode.window.visibleTextEditors.find((each) => each.document.getText().includes('Instruction: Count down.')));
  assert.equal(shown.document.isDirty, false);
  assert.equal(world.model.requests.length, asked);
  const { runs } = await vscode.commands.executeCommand<{ runs: { instruction: string }[] }>('codexLsp.runs', {});
  assert.ok(runs.some((each) => each.instruction === 'Do it.'));
};

const offline: Story = async (world) => {
  const document = await world.open('offline.py', 'import os, sys\ndef f(x):\n    return (x)\n');
  await world.set({ endpoint: process.env['SUITE_OFFLINE'], model: 'codex-agent/offline', road: 'auto' });
  await until('it is ready', async () => (await world.status()).state === 'ready');
  await world.ask(document, { instruction: 'tidy up' });
  await until('it is tidy', () => !document.getText().includes('import'));
  await until('the agent has said what it is', async () => (await world.status()).mode === 'offline');
};

const besidePython: Story = async (world) => {
  const [one, other] = ['one', 'other'].map((name) => pythonWithServer(world, name));
  await world.set({ 'server.path': undefined });
  await until('there is none', () => servers().length === 0);
  await vscode.commands.executeCommand('stand-in.select', one);
  await until('the one beside it runs', () => servers().some((each) => environOf(each).includes('STORY=one\0')));
  await until('it is ready', async () => (await world.status()).state === 'ready');
  await vscode.commands.executeCommand('stand-in.select', other);
  await until('the other one runs, alone', () => servers().length === 1 && servers().every((each) => environOf(each).includes('STORY=other\0')));
  await until('it is ready', async () => (await world.status()).state === 'ready');
  await vscode.commands.executeCommand('stand-in.select', undefined);
  await until('there is none again', () => servers().length === 0);
};

/** By what starts it, from a package that nobody has installed. */
function launchedBy(launcher: string, command: RegExp): Story {
  return async (world) => {
    await world.set({ 'server.launcher': launcher });
    await until('it runs', () => servers().length === 1 && command.test(commandOf(servers()[0])));
    await until('it is ready', async () => (await world.status()).state === 'ready');
    const document = await world.open(`${launcher}.py`, 'import os, sys\ndef f(x):\n    return (x)\n');
    await world.ask(document, { instruction: 'tidy up' });
    await until('it is tidy', () => !document.getText().includes('import'));
    await world.set({ 'server.launcher': undefined });
    await until('there is none', () => servers().length === 0);
  };
}

const byUvx = launchedBy('uvx', /uvx\0codex-lsp\0/);
const byPipx = launchedBy('pipx', /codex-lsp\0/);

/** The file of an interpreter, which has a server of this name beside it. */
function pythonWithServer(world: World, name: string): string {
  const folder = join(world.folder, name, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'codex-lsp'), `#!/bin/sh\nSTORY=${name} exec "${PROGRAM}" "$@"\n`, { mode: 0o755 });
  return join(folder, 'python');
}

const turnedOff: Story = async () => {
  await vscode.commands.executeCommand('codex-lsp.turnOff');
  await until('the server is gone', () => servers().length === 0);
  await until('so are its commands', async () => !(await vscode.commands.getCommands(true)).some((each) => each.startsWith('codexLsp.')));
};

export const stories: Record<string, Story> = {
  off,
  turnedOn,
  direct,
  reviewed,
  followed,
  diffed,
  manyFiles,
  refined,
  typedMeanwhile,
  cancelled,
  explained,
  endpointDown,
  killed,
  restarted,
  falling,
  prompted,
  offline,
  besidePython,
  byUvx,
  byPipx,
  turnedOff,
};
