/** How it stands, in the status bar, and a menu of what can be done. */
import * as vscode from 'vscode';
import type { Review } from './review/review';
import type { Runs } from './runs';
import type { Host, HostState } from './server/host';

const ICONS: Record<HostState, string> = {
  off: '$(circle-slash)',
  missing: '$(warning)',
  starting: '$(loading~spin)',
  unconfigured: '$(gear)',
  ready: '$(sparkle)',
  crashed: '$(error)',
};
const WORDS: Record<HostState, string> = {
  off: 'off',
  missing: 'not installed',
  starting: 'starting',
  unconfigured: 'no endpoint',
  ready: '',
  crashed: 'stopped',
};
/** So much of a step has room. */
const STEP = 40;

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('codexLsp.status', vscode.StatusBarAlignment.Right, 90);
  private readonly following: vscode.Disposable[];

  constructor(
    private readonly host: Host,
    private readonly runs: Runs,
    private readonly review: Review,
  ) {
    this.item.name = 'Codex LSP';
    this.item.command = 'codex-lsp.menu';
    this.following = [host.onDidChange(() => this.show()), runs.onDidChange(() => this.show()), review.onDidChange(() => this.show())];
    this.show();
    this.item.show();
  }

  /** The menu: what suits the state first. */
  async menu(): Promise<void> {
    const chosen = await vscode.window.showQuickPick(this.entries(), { title: `Codex LSP: ${this.state()}`, placeHolder: this.host.reason });
    if (chosen) await vscode.commands.executeCommand(chosen.command);
  }

  dispose(): void {
    for (const each of [...this.following, this.item]) each.dispose();
  }

  private entries(): (vscode.QuickPickItem & { command: string })[] {
    const { state } = this.host;
    const entry = (when: boolean, icon: string, label: string, command: string, description = ''): (vscode.QuickPickItem & { command: string })[] =>
      when ? [{ label: `$(${icon}) ${label}`, command: `codex-lsp.${command}`, description }] : [];
    const runs = this.runs.active.size;
    return [
      ...entry(runs > 0, 'debug-stop', runs > 1 ? `Cancel ${runs} runs` : 'Cancel', 'cancel', [...this.runs.active.values()][0]?.title),
      ...entry(state === 'off', 'play', 'Turn on', 'turnOn'),
      ...entry(state === 'ready', 'sparkle', 'Ask codex-agent…', 'ask'),
      ...entry(state === 'ready', 'book', 'Explain', 'explain'),
      ...entry(this.review.count > 0, 'diff', 'Show the changes that wait', 'showDiff', `${this.review.count}`),
      ...entry(state === 'ready', 'discard', 'Undo what was accepted last', 'undo'),
      ...entry(state === 'ready', 'eye', 'Show what would be sent…', 'showPrompt'),
      ...entry(state === 'ready', 'history', 'Runs…', 'runs'),
      ...entry(state !== 'off', 'key', 'Set the key…', 'setKey'),
      ...entry(state !== 'off', 'debug-restart', 'Restart the server', 'restart'),
      ...entry(true, 'output', 'Show the output', 'showOutput'),
      ...entry(true, 'gear', 'Settings', 'openSettings'),
      ...entry(true, 'mortar-board', 'Set up', 'setUp'),
      ...entry(state !== 'off', 'circle-slash', 'Turn off', 'turnOff'),
    ];
  }

  private show(): void {
    const { host, runs, review } = this;
    const step = [...runs.active.values()].at(-1);
    const tokens = runs.used.tokens ? ` · ${short(runs.used.tokens)}` : '';
    const waiting = review.count ? ` $(diff) ${review.count}` : '';
    this.item.text = step
      ? `$(loading~spin) Codex: ${(step.step || 'working').slice(0, STEP)}`
      : `${ICONS[host.state]} Codex ${host.state === 'ready' ? model(host) : WORDS[host.state]}${tokens}${waiting}`;
    this.item.tooltip = [`Codex LSP: ${this.state()}`, host.reason, ...this.details()].filter(Boolean).join('\n');
    this.item.backgroundColor = host.state === 'crashed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    void vscode.commands.executeCommand('setContext', 'codexLsp.state', host.state);
    void vscode.commands.executeCommand('setContext', 'codexLsp.running', runs.active.size > 0);
  }

  private state(): string {
    return WORDS[this.host.state] || this.host.state;
  }

  private details(): string[] {
    const { status } = this.host;
    const { used, last } = this.runs;
    return [
      status ? `model: ${status.model}${status.mode ? ` (${status.mode})` : ''}` : '',
      status ? `server: ${status.version}` : '',
      used.tokens ? `tokens: ${used.tokens.toLocaleString('en')}, the last run ${(last?.total ?? 0).toLocaleString('en')}` : '',
      used.priced ? `cost: $${used.cost.toFixed(4)}` : '',
    ];
  }
}

function model(host: Host): string {
  return host.status?.model.replace(/^[^/]*\//, '') ?? '';
}

export function short(tokens: number): string {
  return tokens < 1000 ? `${tokens}` : tokens < 1e6 ? `${(tokens / 1000).toFixed(1)}k` : `${(tokens / 1e6).toFixed(1)}M`;
}
