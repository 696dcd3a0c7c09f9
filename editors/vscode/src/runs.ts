/** The runs under way, as their events tell: shown with a cancel, and what becomes of them. */
import * as vscode from 'vscode';
import { MessageType, type ShowMessageParams } from 'vscode-languageclient/node';
import type { RunEvent, Usage } from './protocol';

interface Active {
  title: string;
  step: string;
  report: (step: string) => void;
  end: () => void;
}

export class Runs implements vscode.Disposable {
  readonly active = new Map<string, Active>();
  /** Tokens and cost of all runs of this session, and of the last one. */
  used = { tokens: 0, cost: 0, priced: false };
  last: Usage | undefined;

  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly ended = new vscode.EventEmitter<RunEvent>();
  readonly onDidEnd = this.ended.event;
  private readonly shown = new Set<string>();

  constructor(private readonly cancel: (run: string) => void) {}

  onRun(event: RunEvent): void {
    if (event.state === 'started') this.begin(event);
    else if (event.state === 'step' && event.text) this.step(event.run, event.text);
    else if (event.ended) this.end(event);
  }

  /** A message of the server's, unless it was shown in a better way already. */
  onMessage(params: ShowMessageParams): void {
    if (this.shown.delete(params.message)) return;
    const { window } = vscode;
    if (params.type === MessageType.Error) void window.showErrorMessage(params.message);
    else if (params.type === MessageType.Warning) void window.showWarningMessage(params.message);
    else void window.showInformationMessage(params.message);
  }

  /** The server is gone, and all runs with it. */
  onGone(): void {
    for (const run of this.active.values()) run.end();
    this.active.clear();
    this.changed.fire();
  }

  dispose(): void {
    this.onGone();
    this.changed.dispose();
    this.ended.dispose();
  }

  private begin(event: RunEvent): void {
    this.shown.clear();
    const title = event.title ?? 'Codex';
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const active: Active = { title, step: '', report: () => undefined, end };
    this.active.set(event.run, active);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    void vscode.window.withProgress(options, (progress, token) => {
      active.report = (message) => progress.report({ message });
      if (active.step) active.report(active.step);
      token.onCancellationRequested(() => this.cancel(event.run));
      return over;
    });
    this.changed.fire();
  }

  private step(run: string, text: string): void {
    const active = this.active.get(run);
    if (!active) return;
    active.step = text;
    active.report(text);
    this.changed.fire();
  }

  private end(event: RunEvent): void {
    const active = this.active.get(event.run);
    active?.end();
    this.active.delete(event.run);
    this.count(event.usage);
    this.tell(event);
    this.changed.fire();
    this.ended.fire(event);
  }

  private count(usage: Usage | undefined): void {
    if (!usage) return;
    this.last = usage;
    this.used.tokens += usage.total;
    this.used.cost += usage.cost ?? 0;
    this.used.priced ||= usage.cost !== null;
  }

  private tell(event: RunEvent): void {
    const text = event.text ?? '';
    // What waits is offered with buttons; what is answered comes as a document or a message of the server's.
    if (event.state === 'review') this.shown.add(text);
    if (event.state === 'applied' || event.state === 'cancelled') vscode.window.setStatusBarMessage(`Codex: ${text}`, 5000);
  }
}
