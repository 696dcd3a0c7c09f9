/** The interpreter that is selected in the Python extension, if there is one. */
import * as vscode from 'vscode';

/** What of the Python extension's interface is used. */
interface PythonApi {
  environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(path: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

export async function selectedPython(): Promise<string | undefined> {
  const environments = (await api())?.environments;
  if (!environments) return undefined;
  const path = environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
  return (await environments.resolveEnvironment(path))?.executable.uri?.fsPath;
}

export async function onPythonChange(changed: () => void): Promise<vscode.Disposable> {
  return (await api())?.environments?.onDidChangeActiveEnvironmentPath(changed) ?? new vscode.Disposable(() => undefined);
}

async function api(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  try {
    return await extension?.activate();
  } catch {
    // One that does not work has no environment to offer.
    return undefined;
  }
}
