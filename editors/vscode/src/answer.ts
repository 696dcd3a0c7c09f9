/** What the model says, beside the text: a page without scripts, links, images, or anything from elsewhere. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { escape, render } from './markdown';

/** How the server names its answers; what has another name is shown as the document that it is. */
const ANSWER = /\/answer-about-[^/]*$/;

export class Answer implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  /** Show a document of the server's here if it is an answer: it is Markdown, and better read so. */
  async takes(uri: vscode.Uri): Promise<boolean> {
    if (!ANSWER.test(uri.path)) return false;
    const document = await vscode.workspace.openTextDocument(uri);
    this.show('Codex: answer', document.getText());
    return true;
  }

  private show(title: string, markdown: string): void {
    this.panel ??= this.open();
    this.panel.title = title;
    this.panel.webview.html = page(title, markdown);
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private open(): vscode.WebviewPanel {
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel('codexLsp.answer', 'Codex', where, {
      enableScripts: false,
      enableCommandUris: false,
      enableFindWidget: true,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
    });
    return panel;
  }
}

function page(title: string, markdown: string): string {
  const nonce = randomBytes(16).toString('base64url');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'">
<title>${escape(title)}</title>
<style nonce="${nonce}">
body { font-family: var(--vscode-font-family); font-size: 14px; line-height: 1.6; max-width: 50em; padding: 0 1.5em 2em; }
pre { background: var(--vscode-textCodeBlock-background); padding: .8em 1em; border-radius: 4px; overflow-x: auto; }
code { font-family: var(--vscode-editor-font-family); font-size: .95em; }
blockquote { border-left: 3px solid var(--vscode-textBlockQuote-border); margin-left: 0; padding-left: 1em; }
hr { border: 0; border-top: 1px solid var(--vscode-widget-border, gray); }
</style>
</head>
<body>
${render(markdown)}
</body>
</html>`;
}
