/** Codex LSP for VS Code: wiring only. */
import * as vscode from 'vscode';
import { Answer } from './answer';
import { Asking } from './ask';
import { Key } from './key';
import { SECTION } from './protocol';
import { ReviewCommands } from './review/commands';
import { Lenses } from './review/lenses';
import { ProposedTexts } from './review/proposed';
import { Review } from './review/review';
import { Runs } from './runs';
import { showRuns } from './records';
import { Host, message } from './server/host';
import * as setup from './setup';
import { StatusItem } from './status';

/** Settings after whose change the server is started anew. */
const STARTING = ['enable', 'endpoint', 'model', 'server'];

let host: Host | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Codex LSP', { log: true });
  const key = new Key(context.secrets);
  const answer = new Answer();
  const runs = new Runs((run) => void asking.cancel(run));
  const served = new Host(output, key, {
    onRun: (event) => runs.onRun(event),
    onMarks: (uri, count) => review.onMarks(uri, count),
    onMessage: (params) => runs.onMessage(params),
    onShow: (uri) => answer.takes(uri),
    onCommand: (command, argument) => commands.takes(command, argument),
    onGone: () => {
      runs.onGone();
      review.onGone();
    },
  });
  host = served;
  const review = new Review(served);
  const commands = new ReviewCommands(review, served);
  const asking = new Asking(served, commands, context.workspaceState);
  const status = new StatusItem(served, runs, review);

  const table = commandTable({ served, asking, commands, status, output, key });
  for (const [name, run] of Object.entries(table)) {
    context.subscriptions.push(vscode.commands.registerCommand(`codex-lsp.${name}`, guarded(run)));
  }

  context.subscriptions.push(
    output,
    answer,
    runs,
    review,
    status,
    new ProposedTexts(review),
    new Lenses(review, served),
    review.onDidChange(() => void commands.closeDone()),
    runs.onDidEnd((event) => {
      void served.refresh();
      if (event.state === 'review') void commands.offer(event);
    }),
    served.onDidChange((state) => told(state, served)),
    key.onDidChange(() => void served.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void served.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (STARTING.some((each) => event.affectsConfiguration(`${SECTION}.${each}`))) void served.restart();
    }),
  );
  await served.restart();
}

interface Parts {
  served: Host;
  asking: Asking;
  commands: ReviewCommands;
  status: StatusItem;
  output: vscode.LogOutputChannel;
  key: Key;
}

type Handler = (...given: never[]) => unknown;

/** What each command does, by its name without `codex-lsp.`; package.json has the same names. */
function commandTable({ served, asking, commands, status, output, key }: Parts): Record<string, Handler> {
  return {
    ask: () => asking.ask(),
    explain: () => asking.explain(),
    showPrompt: () => asking.showPrompt(),
    cancel: () => asking.cancel(),
    undo: () => asking.undo(),
    refineChange: (...given: never[]) => asking.refine(given[0]),
    acceptChange: (...given: never[]) => commands.accept(shown(given[0])),
    rejectChange: (...given: never[]) => commands.reject(shown(given[0])),
    acceptAll: (...given: never[]) => commands.acceptAll(given[0]),
    rejectAll: (...given: never[]) => commands.rejectAll(given[0]),
    showDiff: (...given: never[]) => commands.showDiff(given[0]),
    nextChange: () => commands.next(),
    menu: () => status.menu(),
    runs: () => showRuns(served),
    restart: () => served.restart(),
    turnOn: () => setup.set('enable', 'on'),
    turnOff: () => setup.set('enable', 'off'),
    setKey: () => setup.askKey(key),
    showOutput: () => output.show(),
    openSettings: () => setup.openSettings(),
    setUp: () => setup.openWalkthrough(),
  };
}

export async function deactivate(): Promise<void> {
  await host?.dispose();
}

let missing = false;

/** What a person must know at once; the status item has the rest. */
function told(state: string, served: Host): void {
  if (state === 'missing' && !missing) {
    missing = true;
    void setup.tellMissing(served);
  } else if (state === 'crashed') {
    void vscode.window.showErrorMessage(`Codex LSP: ${served.reason}`, 'Restart', 'Show Output').then((chosen) => {
      if (chosen === 'Restart') void served.restart();
      if (chosen === 'Show Output') served.output.show();
    });
  }
}

/** What a lens gives; a menu of the editor's gives a URI, which says nothing about the change. */
function shown<T>(given: T): T | undefined {
  return typeof given === 'object' && given !== null && 'proposal' in given ? given : undefined;
}

function guarded(run: Handler): (...given: never[]) => Promise<unknown> {
  return async (...given) => {
    try {
      return await run(...given);
    } catch (error) {
      void vscode.window.showErrorMessage(`Codex LSP: ${message(error)}`);
      return undefined;
    }
  };
}
