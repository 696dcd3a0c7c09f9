import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction, TextEdit } from 'vscode-languageserver-protocol';
import { KEPT, remember } from '../src/history';
import { applied, startsAfter } from '../src/review/texts';
import { textEdits, waiting } from '../src/review/waiting';

function edit(line: number, from: number, to: number, newText: string, endLine = line): TextEdit {
  return { range: { start: { line, character: from }, end: { line: endLine, character: to } }, newText };
}

function accepting(title: string, text: TextEdit, uri = 'file:///a.py'): CodeAction {
  return { title, kind: 'quickfix', edit: { documentChanges: [{ textDocument: { uri, version: 3 }, edits: [text] }] } };
}

function commanding(title: string, command: string, argument: object): CodeAction {
  return { title, kind: 'quickfix', command: { title, command, arguments: [argument] } };
}

test('the actions of two proposals are told apart, with their numbers', () => {
  const [one, two, three] = [edit(0, 0, 1, 'x'), edit(4, 0, 0, 'new\n'), edit(9, 0, 3, '')];
  const found = waiting([
    { title: 'Something else', command: 'other.command' },
    accepting('Codex: accept this change', one),
    commanding('Codex: reject this change', 'codexLsp.reject', { proposal: 'p', path: 'a.py', hunk: 0 }),
    accepting('Codex: put the proposed lines in place of mine', two),
    commanding('Codex: keep my lines, drop the proposed ones', 'codexLsp.reject', { proposal: 'p', path: 'a.py', hunk: 1 }),
    accepting('Codex: accept all', one),
    commanding('Codex: reject all', 'codexLsp.reject', { proposal: 'p' }),
    accepting('Codex: create b.py', three, 'file:///b.py'),
    commanding('Codex: do not create b.py', 'codexLsp.reject', { proposal: 'p', path: 'b.py' }),
    commanding('Codex: show diff', 'codexLsp.showDiff', { proposal: 'p' }),
    { title: 'Codex: accept all', kind: 'quickfix', disabled: { reason: 'The editor cannot delete files.' } },
    commanding('Codex: reject all', 'codexLsp.reject', { proposal: 'q' }),
    commanding('Codex: reject all', 'codexLsp.reject', { proposal: 'r' }),
  ]);
  assert.deepEqual(found.changes.map(({ proposal, path, hunk, text }) => ({ proposal, path, hunk, text })), [
    { proposal: 'p', path: 'a.py', hunk: 0, text: one },
    { proposal: 'p', path: 'a.py', hunk: 1, text: two },
  ]);
  assert.deepEqual(found.changes.map((each) => each.acceptTitle), ['Accept this change', 'Put the proposed lines in place of mine']);
  assert.deepEqual(found.wholes.map(({ proposal, why }) => ({ proposal, why })), [
    { proposal: 'p', why: '' },
    { proposal: 'q', why: 'The editor cannot delete files.' },
    { proposal: 'r', why: '' },
  ]);
  assert.deepEqual([...textEdits(found.wholes[0]?.edit ?? {})], [['file:///a.py', [one]]]);
  assert.equal(found.wholes[2]?.edit, undefined);
});

test('edits go where they belong, by lines that end in any way and by UTF-16', () => {
  assert.equal(applied('a\r\nb😀c\rd\n', [edit(1, 3, 4, 'C'), edit(0, 0, 1, 'A'), edit(3, 0, 0, 'end')]), 'A\r\nb😀C\rd\nend');
  assert.equal(applied('one\ntwo\n', [edit(0, 0, 0, 'x\n', 1)]), 'x\ntwo\n');
  assert.equal(applied('same', []), 'same');
  assert.equal(applied('', [edit(0, 0, 0, 'a'), edit(0, 0, 0, 'b')]), 'ab');
  assert.equal(applied('short', [edit(7, 0, 5, '!', 9)]), 'short!');
});

test('after all edits each new text is where it is said to be', () => {
  const text = 'aa\nbb\ncc\ndd\n';
  const edits = [edit(2, 0, 2, 'CCCC'), edit(0, 0, 0, 'new\n'), edit(3, 0, 2, '')];
  const after = applied(text, edits);
  assert.equal(after, 'new\naa\nbb\nCCCC\n\n');
  assert.deepEqual(startsAfter(text, edits), [after.indexOf('CCCC'), 0, after.length - 1]);
});

test('what was asked is remembered once, the newest first', () => {
  assert.deepEqual(remember(['b', 'a'], ' a '), ['a', 'b']);
  assert.deepEqual(remember(['a'], '  '), ['a']);
  const many = Array.from({ length: KEPT }, (_, at) => `${at}`);
  assert.deepEqual(remember(many, 'new'), ['new', ...many.slice(0, -1)]);
});
