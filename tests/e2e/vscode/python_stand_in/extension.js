/** What the real one exports, as its published interface has it, as far as anybody here asks; a command selects. */
const vscode = require('vscode');

exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  let selected;
  const select = vscode.commands.registerCommand('stand-in.select', (file) => {
    selected = file;
    changed.fire({ id: file, path: file, resource: undefined });
  });
  context.subscriptions.push(changed, select);
  return {
    ready: Promise.resolve(),
    environments: {
      getActiveEnvironmentPath: () => ({ id: selected ?? 'DEFAULT_PYTHON', path: selected ?? 'python' }),
      resolveEnvironment: async ({ path }) => (path === selected ? { id: path, path, executable: { uri: vscode.Uri.file(path) } } : undefined),
      onDidChangeActiveEnvironmentPath: changed.event,
    },
  };
};
