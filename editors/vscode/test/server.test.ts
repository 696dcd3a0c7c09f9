import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Crashes, MAX_CRASHES, WITHIN_MS } from '../src/server/crashes';
import { API_BASE, API_KEY, configFile, GATE, isOpen, MODEL, opens, serverEnviron } from '../src/server/gate';
import { locate, type Surroundings } from '../src/server/locate';

const NOWHERE = '/nowhere/config.toml';

test('the gate is closed until somebody opens it', async () => {
  assert.equal(await isOpen('auto', {}, NOWHERE), false);
  assert.equal(await isOpen('auto', { [GATE]: '0' }, NOWHERE), false);
  assert.equal(await isOpen('auto', { [GATE]: 'true' }, NOWHERE), false);
  assert.equal(await isOpen('auto', { [GATE]: ' 1 ' }, NOWHERE), true);
  assert.equal(await isOpen('on', {}, NOWHERE), true);
  assert.equal(await isOpen('off', { [GATE]: '1' }, NOWHERE), false);
});

test("the person's own file opens it, the environment counts more", async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'gate-')), 'config.toml');
  writeFileSync(file, `# mine\n${GATE} = "1"\n`);
  assert.equal(await isOpen('auto', {}, file), true);
  assert.equal(await isOpen('auto', { [GATE]: '0' }, file), false);
  for (const closed of [`${GATE} = "0"`, `# ${GATE} = "1"`, `${GATE} = 1`, `[other]\n${GATE} = "1"`, `X_${GATE} = "1"`, '']) assert.equal(opens(closed), false, closed);
  assert.equal(opens(`a = 1\n  ${GATE} = '1' # yes\n[checks]`), true);
});

test('the file is where the server looks for it', () => {
  assert.equal(configFile('linux', {}, '/home/p'), '/home/p/.config/codex-lsp/config.toml');
  assert.equal(configFile('linux', { XDG_CONFIG_HOME: '/c' }, '/home/p'), '/c/codex-lsp/config.toml');
  assert.equal(configFile('darwin', {}, '/Users/p'), '/Users/p/Library/Application Support/codex-lsp/config.toml');
});

test('what is chosen here goes over the environment, and nothing else does', () => {
  const environ = { PATH: '/bin', [API_BASE]: 'http://a', [API_KEY]: 'old' };
  const nothing = { enable: 'auto', endpoint: '', model: '', key: undefined } as const;
  assert.deepEqual(serverEnviron(environ, nothing), environ);
  assert.deepEqual(serverEnviron(environ, { enable: 'on', endpoint: 'http://b', model: 'codex-agent/m', key: 'k' }), {
    PATH: '/bin',
    [GATE]: '1',
    [API_BASE]: 'http://b',
    [MODEL]: 'codex-agent/m',
    [API_KEY]: 'k',
  });
});

function around(files: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    setting: '',
    launcher: 'none',
    python: async () => undefined,
    trusted: true,
    folders: ['/w/project'],
    path: '/usr/bin:relative::/opt/bin',
    home: '/home/p',
    platform: 'linux',
    isExecutable: async (file) => files.includes(file),
    ...more,
  };
}

test('the program is looked for in this order: setting, Python environment, PATH, installed tools, launcher', async () => {
  const files = ['/set/codex-lsp', '/env/bin/codex-lsp', '/opt/bin/codex-lsp', '/home/p/.local/bin/codex-lsp', '/home/p/.local/bin/uvx'];
  const all: Partial<Surroundings> = { setting: '/set/codex-lsp', python: async () => '/env/bin/python', launcher: 'uvx' };
  const found = async (left: string[], more: Partial<Surroundings>): Promise<string> => (await locate(around(left, more))).command;
  assert.equal(await found(files, all), '/set/codex-lsp');
  assert.equal(await found(files, { ...all, setting: '' }), '/env/bin/codex-lsp');
  assert.equal(await found(files.slice(2), { ...all, setting: '' }), '/opt/bin/codex-lsp');
  assert.equal(await found(files.slice(3), { ...all, setting: '' }), '/home/p/.local/bin/codex-lsp');
  assert.deepEqual(await locate(around(files.slice(4), { launcher: 'uvx' })), { command: '/home/p/.local/bin/uvx', args: ['codex-lsp'], how: 'uvx' });
  assert.deepEqual((await locate(around(['/usr/bin/pipx'], { launcher: 'pipx' }))).args, ['run', 'codex-lsp']);
});

test('nothing is downloaded unless that was chosen; a setting that is wrong is told, not passed over', async () => {
  await assert.rejects(locate(around(['/usr/bin/uvx'])), /not found/);
  await assert.rejects(locate(around(['/usr/bin/codex-lsp'], { setting: '/gone' })), /names no program/);
  await assert.rejects(locate(around(['/usr/bin/codex-lsp'], { setting: 'bin/codex-lsp' })), /absolute/);
  await assert.rejects(locate(around([], { launcher: 'pipx' })), /pipx, which was not found/);
  assert.equal((await locate(around(['/home/p/x/codex-lsp'], { setting: '~/x/codex-lsp' }))).command, '/home/p/x/codex-lsp');
});

test('a program in a folder that is not trusted is not run', async () => {
  const files = ['/w/project/.venv/bin/codex-lsp', '/w/project-2/bin/codex-lsp', '/opt/bin/codex-lsp'];
  const inside = { python: async () => '/w/project/.venv/bin/python' };
  assert.equal((await locate(around(files, inside))).command, files[0]);
  assert.equal((await locate(around(files, { ...inside, trusted: false }))).command, '/opt/bin/codex-lsp');
  const beside = { python: async () => '/w/project-2/bin/python', trusted: false };
  assert.equal((await locate(around(files, beside))).command, files[1]);
});

test('a server that falls often is left alone, one that falls now and then is not', () => {
  const often = new Crashes();
  const tries = Array.from({ length: MAX_CRASHES + 1 }, (_, at) => often.again(1000 * at));
  assert.deepEqual(tries, [...Array.from({ length: MAX_CRASHES }, () => true), false]);
  often.forget();
  assert.equal(often.again(9000), true);
  const seldom = new Crashes();
  for (let at = 0; at < 20; at++) assert.equal(seldom.again(at * (WITHIN_MS / 3)), true);
});
