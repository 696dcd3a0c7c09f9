/** The stories, in their order: each begins where the one before has ended. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { NAME, NEW, OLD, PATCH } from './basket.mjs';
import { held } from './endpoint.mjs';

const ASKED = 'Say it more simply';
const KEY = 'key-of-the-person';

async function trusts(window) {
  await window.begin();
  await window.settle('Codex off');
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).click();
  await window.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
  await window.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'hidden' });
  await window.page.keyboard.press('Control+w');
}

async function off(window) {
  await window.settle('Codex off');
  await window.open(NAME);
  assert.deepEqual(window.servers(), []);
  await window.palette('Codex LSP: Ask codex-agent');
  const message = window.message('codex-agent is off');
  await message.waitFor();
  await window.picture('off');
  await window.press(message, 'Turn On');
}

async function notInstalled(window) {
  await window.settle('not installed');
  const message = window.message('codex-lsp was not found');
  await message.getByRole('button', { name: 'How to Install' }).waitFor();
  await window.picture('not-installed');
  await window.press(message, 'How to Install');
  await window.page.locator('.gettingStartedContainer', { hasText: 'Install the server' }).waitFor();
  await window.picture('walkthrough');
  await window.page.keyboard.press('Control+w');
}

async function unconfigured(window) {
  window.set({ 'codexLsp.server.path': window.program, 'codexLsp.road': 'model', 'codexLsp.apply': 'review' });
  await window.settle('no endpoint');
  window.set({ 'codexLsp.endpoint': window.model.url, 'codexLsp.model': 'codex-agent/mini' });
  await window.settle('Codex mini');
  assert.equal(window.servers().length, 1);
}

async function key(window) {
  const before = window.servers();
  await window.palette('Codex LSP: Set Key');
  await window.page.locator('.quick-input-title', { hasText: 'Key of the endpoint' }).waitFor();
  assert.equal(await window.input.getAttribute('type'), 'password');
  await window.input.fill(KEY);
  await window.page.keyboard.press('Enter');
  await window.until('the server is another one', () => window.servers().length === 1 && window.servers()[0] !== before[0]);
  await window.settle('Codex mini');
}

async function asks(window) {
  await selectAll(window);
  const answer = held(PATCH);
  window.model.answer(answer.promise);
  await ask(window, ASKED);
  const progress = window.message(ASKED);
  await progress.getByRole('button', { name: 'Cancel' }).waitFor();
  await window.settle('Codex: ');
  await window.picture('progress');
  answer.release();
  await progress.waitFor({ state: 'hidden' });
  await offer(window).waitFor();
  assert.equal(window.model.requests[0].headers.authorization, `Bearer ${KEY}`);
  await window.text(OLD, NEW);
}

async function reviews(window) {
  await window.press(offer(window), 'Show Diff');
  const diff = window.page.locator('.monaco-diff-editor');
  await diff.waitFor();
  await diff.locator('.editor.modified .view-line', { hasText: NEW[2] }).waitFor();
  await diff.locator('.editor.modified .view-line', { hasText: NEW[0] }).click();
  await window.title('Accept Change').waitFor();
  await window.picture('diff');
  await window.title('Accept Change').click();
  await diff.locator('.editor.original .view-line', { hasText: NEW[0] }).waitFor();
  await window.page.keyboard.press('Control+w');
  await diff.waitFor({ state: 'detached' });
  await window.text([NEW[0], ...OLD.slice(1)]);
  await window.lens('Accept all 2').waitFor();
  await window.editor.locator('.view-line').first().click();
  await window.picture('review');
  await window.lens('Reject').first().click();
  await window.until('one waits', async () => (await window.lens('Reject').count()) === 1);
  await window.lens('Accept').first().click();
  await window.text([NEW[0], OLD[1], NEW[2]]);
  await window.lens('Accept').waitFor({ state: 'detached' });
}

async function undoes(window) {
  await window.palette('Codex LSP: Undo What Was Accepted Last');
  await window.text(OLD, NEW);
  await window.settle('1.2k');
}

async function remembers(window) {
  await window.palette('Codex LSP: Ask codex-agent');
  await window.page.locator('.quick-input-title', { hasText: 'Ask codex-agent' }).waitFor();
  assert.equal(await window.input.inputValue(), ASKED);
  await window.page.keyboard.press('Escape');
  await window.input.waitFor({ state: 'hidden' });
}

async function contextMenu(window) {
  await window.editor.locator('.view-line').nth(3).click({ button: 'right' });
  const entry = window.page.getByRole('menuitem', { name: 'Ask codex-agent' });
  await entry.waitFor();
  await window.picture('context-menu');
  await entry.click();
  await window.page.locator('.quick-input-title', { hasText: 'Ask codex-agent' }).waitFor();
  await window.page.keyboard.press('Escape');
  await window.input.waitFor({ state: 'hidden' });
}

async function cancels(window) {
  const [left, asked] = [window.model.left.length, window.model.requests.length];
  const answer = held(PATCH);
  window.model.answer(answer.promise);
  await selectAll(window);
  await ask(window, 'Take your time');
  await window.until('the model is asked', () => window.model.requests.length > asked);
  await window.press(window.message('Take your time'), 'Cancel');
  await window.until('it hangs up', () => window.model.left.length > left);
  await window.settle('Codex mini');
  answer.release();
  await window.text(OLD, NEW);
}

async function explains(window) {
  window.model.answer('# A basket\n\nIts prices are **counted**.\n\n![x](https://pictures.invalid/x.png) <b>no tag</b>');
  await window.palette('Codex LSP: Explain');
  const page = window.page.frameLocator('iframe.webview').frameLocator('iframe');
  await page.locator('strong', { hasText: 'counted' }).waitFor();
  await page.locator('p', { hasText: '![x](https://pictures.invalid/x.png) <b>no tag</b>' }).waitFor();
  assert.equal(await page.locator('img, b, a, script').count(), 0);
  await window.picture('explain');
  await window.page.locator('.tab', { hasText: 'Codex: answer' }).click();
  await window.page.keyboard.press('Control+w');
}

async function endpointDown(window) {
  window.model.down();
  await selectAll(window);
  await ask(window, 'Nobody hears this');
  const message = window.page.locator('.notification-toast .codicon-error').first();
  await message.waitFor();
  await window.picture('endpoint-down');
  await window.settle('Codex mini');
  await window.text(OLD, NEW);
  await window.model.up();
  await window.palette('Notifications: Clear All Notifications');
}

/** It is killed, and the next one takes its time: who asks meanwhile is heard. */
async function killed(window) {
  const [before] = window.servers();
  const asked = window.model.requests.length;
  writeFileSync(window.hold, '');
  process.kill(Number(before), 'SIGKILL');
  await window.settle('starting');
  window.model.answer(PATCH);
  await selectAll(window);
  await ask(window, ASKED);
  await window.message('just starting').waitFor();
  await window.picture('starting');
  assert.equal(window.model.requests.length, asked);
  rmSync(window.hold);
  await window.message('just starting').waitFor({ state: 'hidden' });
  await offer(window).waitFor();
  await window.palette('Codex LSP: Reject All Changes');
  await window.settle('Codex mini');
  await window.text(OLD, NEW);
}

async function previews(window) {
  window.set({ 'codexLsp.apply': 'annotated', 'editor.lineNumbers': 'off' });
  // Read together: once the one is seen, the other holds.
  await window.editor.locator('.line-numbers').first().waitFor({ state: 'hidden' });
  window.model.answer(PATCH);
  await selectAll(window);
  await ask(window, ASKED);
  const panel = window.page.locator('.bulk-edit-panel');
  await panel.locator('.monaco-list-row', { hasText: NEW[0] }).first().waitFor();
  await window.picture('refactor-preview');
  await panel.locator('.monaco-list-row', { hasText: NAME }).first().getByRole('checkbox').click();
  await panel.getByRole('button', { name: 'Apply' }).click();
  await window.text(NEW, OLD);
  await window.palette('Codex LSP: Undo What Was Accepted Last');
}

async function menu(window) {
  await window.status.click();
  const rows = window.page.locator('.quick-input-list .monaco-list-row');
  await rows.filter({ hasText: 'Ask codex-agent' }).waitFor();
  await window.picture('menu');
  await rows.filter({ hasText: 'Turn off' }).click();
  await window.settle('Codex off');
  await window.until('the server is gone', () => window.servers().length === 0);
}

async function ask(window, words) {
  await window.palette('Codex LSP: Ask codex-agent');
  await window.page.locator('.quick-input-title', { hasText: 'Ask codex-agent' }).waitFor();
  await window.input.fill(words);
  await window.page.keyboard.press('Enter');
}

async function selectAll(window) {
  await window.editor.locator('.view-line').first().click();
  await window.page.keyboard.press('Control+a');
}

/** The message that changes wait. */
function offer(window) {
  return window.page.locator('.notification-toast', { has: window.page.getByRole('button', { name: 'Show Diff' }) });
}

export const stories = {
  trusts,
  off,
  notInstalled,
  unconfigured,
  key,
  asks,
  reviews,
  undoes,
  remembers,
  contextMenu,
  cancels,
  explains,
  endpointDown,
  killed,
  previews,
  menu,
};
