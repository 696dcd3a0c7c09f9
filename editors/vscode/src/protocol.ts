/** What goes between the server and this client beyond LSP; docs/PROTOCOL.md tells of it. */

export const SECTION = 'codexLsp';
export const RUN_EVENT = 'codexLsp/run';

/** The server's commands. VS Code registers them all by itself, so no command of ours may be named so. */
export const Server = {
  ask: 'codexLsp.ask',
  explain: 'codexLsp.explain',
  accept: 'codexLsp.accept',
  reject: 'codexLsp.reject',
  refine: 'codexLsp.refine',
  undo: 'codexLsp.undo',
  cancel: 'codexLsp.cancel',
  status: 'codexLsp.status',
  runs: 'codexLsp.runs',
  showDiff: 'codexLsp.showDiff',
  showPrompt: 'codexLsp.showPrompt',
} as const;

/** How the endpoint stands: the gate is closed, there is no address, or asks work. */
export type EndpointState = 'off' | 'unconfigured' | 'ready';

export interface Status {
  state: EndpointState;
  model: string;
  mode: string | null;
  version: string;
  proposals: string[];
  problems: string[];
  review: ProposalReport[];
}

export interface ProposalReport {
  proposal: string;
  state: string;
  summary: string;
  files: { path: string; uri: string | null; kind: string; waiting: number; conflicts: number }[];
  canUndo: boolean;
}

/** Tokens of all calls of a run; cost in USD, null where no price is known. */
export interface Usage {
  prompt: number;
  completion: number;
  total: number;
  cost: number | null;
}

export interface RunEvent {
  run: string;
  state: string;
  title?: string;
  uri?: string;
  text?: string;
  ended?: boolean;
  usage?: Usage;
}

/** What a command answers that begins a run. */
export interface Begun {
  run: string | null;
  error?: { code: string; message: string };
}
