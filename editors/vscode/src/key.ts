/** The endpoint's key: in VS Code's secret storage, and in the environment of the server; nowhere else. */
import type * as vscode from 'vscode';

const NAME = 'codexLsp.apiKey';

export class Key {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  get(): Thenable<string | undefined> {
    return this.secrets.get(NAME);
  }

  /** Keep a key; an empty one forgets it. */
  set(key: string): Thenable<void> {
    return key ? this.secrets.store(NAME, key) : this.secrets.delete(NAME);
  }

  onDidChange(changed: () => void): vscode.Disposable {
    return this.secrets.onDidChange((event) => {
      if (event.key === NAME) changed();
    });
  }
}
