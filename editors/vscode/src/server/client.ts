/** The language client: how the server is started, what it is told, and what is ours of what it says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import {
  type CloseHandlerResult,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  ShowMessageNotification,
  type ShowMessageParams,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { RUN_EVENT, type RunEvent, SECTION } from '../protocol';
import type { Environ } from './gate';
import type { Launch } from './locate';

/** Members of `codexLsp` that are this client's, and nothing to the server. */
const OWN = ['enable', 'endpoint', 'model', 'server', 'trace'];

/** What happens at the server's side. `onMarks` tells how many of our marks a document has. */
export interface Listener {
  onRun(event: RunEvent): void;
  onMarks(uri: vscode.Uri, count: number): void;
  onMessage(params: ShowMessageParams): void;
  /** The server wants a document shown; whether that was done in another way than VS Code's own. */
  onShow(uri: vscode.Uri): Promise<boolean>;
  /** A person pressed one of the server's actions; whether what it says was done here. */
  onCommand(command: string, argument: unknown): boolean;
  onClosed(): CloseHandlerResult;
  onProcess(process: ChildProcess): void;
}

export function createClient(
  launch: Launch,
  environ: Environ,
  cwd: string | undefined,
  output: vscode.LogOutputChannel,
  listener: Listener,
): LanguageClient {
  const start = async (): Promise<ChildProcess> => {
    const process = spawn(launch.command, launch.args, { env: environ, cwd: cwd ?? homedir(), stdio: 'pipe' });
    process.on('error', (error) => output.error(`${launch.command}: ${error.message}`));
    listener.onProcess(process);
    return process;
  };
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
    initializationOptions: { events: true, trusted: vscode.workspace.isTrusted },
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: middleware(listener),
    errorHandler: errorHandler(listener),
  };
  const client = new LanguageClient(SECTION, 'Codex LSP', start, options);
  client.registerFeature(new OwnProgress());
  client.onNotification(RUN_EVENT, (event: RunEvent) => listener.onRun(event));
  client.onNotification(ShowMessageNotification.type, (params) => listener.onMessage(params));
  return client;
}

function middleware(listener: Listener): Middleware {
  return {
    executeCommand: async (command, args, next) => {
      if (listener.onCommand(command, args[0])) return undefined;
      return next(command, args) as unknown;
    },
    handleDiagnostics: (uri, diagnostics, next) => {
      listener.onMarks(uri, diagnostics.length);
      next(uri, diagnostics);
    },
    window: {
      showDocument: async (params, token, next) => {
        if (!params.external && (await listener.onShow(vscode.Uri.parse(params.uri)))) return { success: true };
        return next(params, token);
      },
    },
    workspace: {
      configuration: async (params, token, next) => {
        const found = await next(params, token);
        return Array.isArray(found) ? found.map((each) => without(each as unknown)) : found;
      },
    },
  };
}

function without(settings: unknown): unknown {
  if (typeof settings !== 'object' || settings === null) return settings;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !OWN.includes(name)));
}

function errorHandler(listener: Listener): ErrorHandler {
  // 1: go on. What cannot be read is the server's to answer for; that it ended comes to `closed`.
  return { error: () => ({ action: 1, handled: true }), closed: () => listener.onClosed() };
}

/** A run is told by its events here, with a cancel that can be seen: VS Code's own progress has none. */
class OwnProgress implements StaticFeature {
  fillClientCapabilities(capabilities: Parameters<StaticFeature['fillClientCapabilities']>[0]): void {
    capabilities.window = { ...capabilities.window, workDoneProgress: false };
  }
  initialize(): void {}
  getState(): ReturnType<StaticFeature['getState']> {
    return { kind: 'static' };
  }
  clear(): void {}
}
