/** Asking: for words where they are needed, of the selection or what is around the cursor. */
import * as vscode from 'vscode';
import { remember } from './history';
import { type Begun, Server } from './protocol';
import type { ReviewCommands } from './review/commands';
import type { Shown } from './review/review';
import type { Host } from './server/host';

const HISTORY = 'asked';

export class Asking {
  constructor(
    private readonly host: Host,
    private readonly review: ReviewCommands,
    private readonly memory: vscode.Memento,
  ) {}

  async ask(): Promise<void> {
    const editor = this.editor();
    // What is to be done can be written while the server starts.
    if (!editor || !(this.host.isStarting || (await this.ready()))) return;
    const where = editor.selection.isEmpty ? 'what is around the cursor' : 'the selection';
    const instruction = await this.words('Ask codex-agent', `What to do with ${where}?`);
    if (instruction && (await this.ready())) await this.begin(Server.ask, { ...place(editor), instruction });
  }

  async explain(): Promise<void> {
    const editor = this.editor();
    if (editor && (await this.ready())) await this.begin(Server.explain, place(editor));
  }

  /** Show what an ask would send. */
  async showPrompt(): Promise<void> {
    const editor = this.editor();
    if (!editor || !(this.host.client?.isRunning() || (await this.ready()))) return;
    const instruction = await this.words('Show what would be sent', 'For which ask?');
    if (instruction) await this.host.execute(Server.showPrompt, { ...place(editor), instruction });
  }

  async refine(given?: Shown): Promise<void> {
    const shown = given ?? (await this.review.atCursor());
    if (!shown || !(await this.ready())) return;
    const instruction = await this.words('Refine this change', 'What should be different?');
    const { proposal, path, hunk } = shown;
    if (instruction && (await this.ready())) await this.begin(Server.refine, { proposal, path, hunk, instruction });
  }

  async undo(): Promise<void> {
    if (await this.ready()) await this.host.execute(Server.undo);
  }

  async cancel(run?: unknown): Promise<void> {
    if (this.host.client?.isRunning()) await this.host.execute(Server.cancel, typeof run === 'string' ? { run } : {});
  }

  private async begin(command: string, argument: object): Promise<void> {
    // Why one was not begun, the server says itself.
    await this.host.execute<Begun>(command, argument);
  }

  private editor(): vscode.TextEditor | undefined {
    const editor = vscode.window.activeTextEditor;
    if (!editor) void vscode.window.showInformationMessage('Open a file and select what to ask about.');
    return editor;
  }

  /** Whether an ask can be begun; if not, what to do about it is said. A server that is just starting is waited for. */
  private async ready(): Promise<boolean> {
    const { host } = this;
    if (host.isStarting && !(await this.started())) return false;
    if (host.state === 'ready') return true;
    const told: Record<string, [text: string, button: string, command: string]> = {
      off: ['codex-agent is off: nothing is started, nothing is sent.', 'Turn On', 'codex-lsp.turnOn'],
      missing: [host.reason, 'How to Install', 'codex-lsp.setUp'],
      unconfigured: [host.reason || 'No endpoint is configured.', 'Set Up', 'codex-lsp.setUp'],
      crashed: [host.reason, 'Restart', 'codex-lsp.restart'],
    };
    const [text, button, command] = told[host.state] ?? ['', '', ''];
    const chosen = await vscode.window.showWarningMessage(text, button);
    if (chosen) await vscode.commands.executeCommand(command);
    return false;
  }

  /** Whether it came to an end of its start before the person would wait no longer. */
  private async started(): Promise<boolean> {
    const options = { location: vscode.ProgressLocation.Notification, title: 'codex-lsp is just starting', cancellable: true };
    await vscode.window.withProgress(options, (_, token) => this.host.settled(token));
    return !this.host.isStarting;
  }

  /** An input box with what was asked last, and a button to what was asked before. */
  private words(title: string, prompt: string): Promise<string | undefined> {
    const asked = this.memory.get<string[]>(HISTORY, []);
    const before: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('history'), tooltip: 'Asked before' };
    const box = vscode.window.createInputBox();
    Object.assign(box, { title, prompt, value: asked[0] ?? '', placeholder: 'such as: simplify this', ignoreFocusOut: true });
    box.buttons = asked.length ? [before] : [];
    return new Promise((resolve) => {
      const finish = (text: string | undefined): void => {
        resolve(text?.trim() || undefined);
        if (text?.trim()) void this.memory.update(HISTORY, remember(asked, text));
        box.dispose();
      };
      box.onDidAccept(() => finish(box.value));
      box.onDidHide(() => finish(undefined));
      box.onDidTriggerButton(async () => {
        const chosen = vscode.window.showQuickPick(asked, { title, placeHolder: 'Asked before' });
        finish(await chosen);
      });
      box.show();
    });
  }
}

function place(editor: vscode.TextEditor): object {
  const { start, end } = editor.selection;
  const at = ({ line, character }: vscode.Position): object => ({ line, character });
  return { uri: editor.document.uri.toString(), version: editor.document.version, range: { start: at(start), end: at(end) } };
}
