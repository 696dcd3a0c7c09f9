/** The server's life: started when the gate is open, started again when it fell, left alone when it falls often. */
import type { ChildProcess } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { CloseAction, type CloseHandlerResult, ExecuteCommandRequest, type LanguageClient, State } from 'vscode-languageclient/node';
import type { Key } from '../key';
import { SECTION, Server, type Status } from '../protocol';
import { createClient, type Listener } from './client';
import { Crashes } from './crashes';
import { configFile, type Enable, isOpen, serverEnviron } from './gate';
import { BESIDE_PYTHON, type Launch, type Launcher, locate, NotFound, type Surroundings } from './locate';
import { onPythonChange, selectedPython } from './python';

export type HostState = 'off' | 'missing' | 'starting' | 'unconfigured' | 'ready' | 'crashed';

const STOP_MS = 3000;

export class Host implements vscode.Disposable {
  state: HostState = 'off';
  /** Why it is so, in a sentence; empty if there is nothing to say. */
  reason = '';
  status: Status | undefined;
  client: LanguageClient | undefined;

  private readonly changed = new vscode.EventEmitter<HostState>();
  readonly onDidChange = this.changed.event;
  private readonly crashes = new Crashes();
  private process: ChildProcess | undefined;
  private launch: Launch | undefined;
  private watching: vscode.Disposable | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    readonly output: vscode.LogOutputChannel,
    private readonly key: Key,
    private readonly listener: Omit<Listener, 'onClosed' | 'onProcess'> & { onGone(): void },
  ) {}

  /** Stop what runs and start anew, if the gate is open now. One at a time, in the order of the calls. */
  restart(): Promise<void> {
    this.crashes.forget();
    this.turn = this.turn.then(() => this.stop()).then(() => this.start()).catch((error: unknown) => {
      this.output.error(String(error));
      this.become('crashed', message(error));
    });
    return this.turn;
  }

  /** Whether it is soon another state than this one: nothing can be asked of it yet, or no longer of the one before. */
  get isStarting(): boolean {
    return this.state === 'starting' || (this.state === 'ready' && !this.client?.isRunning());
  }

  /** Wait until it has started, or why it did not is known, or `token` says that nobody waits any more. */
  settled(token: vscode.CancellationToken): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.isStarting && !token.isCancellationRequested) return;
        for (const each of following) each.dispose();
        resolve();
      };
      const following = [this.onDidChange(look), token.onCancellationRequested(look)];
      look();
    });
  }

  /** Have a command of the server's done; its answer. */
  async execute<T>(command: string, argument: object = {}): Promise<T> {
    if (!this.client?.isRunning()) throw new Error(`codex-lsp is not running${this.reason ? `: ${this.reason}` : '.'}`);
    return (await this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] })) as T;
  }

  /** Ask anew how the endpoint stands. */
  async refresh(): Promise<void> {
    const client = this.client;
    if (!client?.isRunning()) return;
    try {
      this.status = await this.execute<Status>(Server.status);
    } catch (error) {
      this.output.warn(`codexLsp.status: ${message(error)}`);
      return;
    }
    if (this.client !== client || !client.isRunning()) return;
    this.become(this.status.state, this.status.problems.join(' '));
  }

  async dispose(): Promise<void> {
    await this.turn;
    await this.stop();
    this.watching?.dispose();
    this.changed.dispose();
  }

  private async start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration(SECTION);
    const enable = settings.get<Enable>('enable', 'auto');
    if (!(await isOpen(enable, process.env, configFile(process.platform, process.env, homedir())))) {
      this.become('off', enable === 'off' ? 'It is switched off in the settings.' : '');
      return;
    }
    this.become('starting');
    this.watching ??= await this.watchPython();
    try {
      this.launch = await locate(surroundings(settings));
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      this.become('missing', error.message);
      return;
    }
    const [endpoint, model] = [settings.get('endpoint', ''), settings.get('model', '')];
    const environ = serverEnviron(process.env, { enable, endpoint, model, key: await this.key.get() });
    this.output.info(`starting ${[this.launch.command, ...this.launch.args].join(' ')} (${this.launch.how})`);
    const folder = vscode.workspace.isTrusted ? vscode.workspace.workspaceFolders?.find((each) => each.uri.scheme === 'file') : undefined;
    const client = createClient(this.launch, environ, folder?.uri.fsPath, this.output, {
      ...this.listener,
      onClosed: () => this.onClosed(client),
      onProcess: (process) => {
        this.process = process;
      },
    });
    this.client = client;
    client.onDidChangeState((change) => this.onState(client, change.newState));
    await client.start().catch((error: unknown) => this.output.error(message(error)));
  }

  /** Start anew when the selected environment is another one, and the server is, or was looked for, there. */
  private watchPython(): Promise<vscode.Disposable> {
    return onPythonChange(() => {
      if (this.state === 'missing' || this.launch?.how === BESIDE_PYTHON) void this.restart();
    });
  }

  private onState(client: LanguageClient, state: State): void {
    if (client !== this.client) return;
    if (state === State.Running) void this.refresh();
    else this.listener.onGone();
  }

  private onClosed(client: LanguageClient): CloseHandlerResult {
    if (client !== this.client) return { action: CloseAction.DoNotRestart, handled: true };
    if (this.crashes.again(Date.now())) {
      this.become('starting', 'It ended by itself and is started again.');
      return { action: CloseAction.Restart, handled: true };
    }
    this.become('crashed', 'It ended by itself too often and is not started again.');
    return { action: CloseAction.DoNotRestart, handled: true };
  }

  private async stop(): Promise<void> {
    const { client, process } = this;
    this.client = this.process = this.status = undefined;
    this.listener.onGone();
    // One that is just starting cannot be asked to stop.
    await client?.dispose(STOP_MS).catch(() => undefined);
    process?.kill();
  }

  private become(state: HostState, reason = ''): void {
    this.state = state;
    this.reason = reason;
    this.changed.fire(state);
  }
}

function surroundings(settings: vscode.WorkspaceConfiguration): Surroundings {
  return {
    setting: settings.get('server.path', '').trim(),
    launcher: settings.get<Launcher>('server.launcher', 'none'),
    python: selectedPython,
    trusted: vscode.workspace.isTrusted,
    folders: (vscode.workspace.workspaceFolders ?? []).map((each) => each.uri.fsPath),
    path: process.env['PATH'] ?? '',
    home: homedir(),
    platform: process.platform,
    isExecutable,
  };
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

export function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
