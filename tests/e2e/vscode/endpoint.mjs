/** A model behind Chat Completions on loopback, which says what a test tells it to, when it tells it to. */
import { createServer } from 'node:http';
import { once } from 'node:events';

/** Answers are taken in turn: a text, or a promise of one, for which the asker has to wait. */
export async function scriptedModel() {
  const answers = [];
  const requests = [];
  const left = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return json(response, { object: 'list', data: [{ id: 'mini', object: 'model' }] });
    const asked = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString());
    requests.push({ headers: request.headers, body: asked });
    response.on('close', () => {
      if (!response.writableFinished) left.push(asked);
    });
    if (!answers.length) return json(response, { error: { message: 'nothing was scripted' } }, 500);
    // What is held back begins, so that the asker knows that it was heard.
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    send(response, { role: 'assistant', content: '' });
    const text = await answers.shift();
    if (response.destroyed) return;
    send(response, { content: text });
    send(response, {}, 'stop');
    response.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    left,
    answer: (...texts) => answers.push(...texts),
    /** Nobody listens any more. */
    down: () => {
      server.close();
      server.closeAllConnections();
    },
    /** Listen again, at the same place. */
    up: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
  };
}

/** A text that is held back until `release` is called. */
export function held(text) {
  let release;
  const promise = new Promise((resolve) => {
    release = () => resolve(text);
  });
  return { promise, release };
}

/** Whole files as a patch in the form of the Codex CLI; a text is a new file's. */
export function patch(changes) {
  const files = Object.entries(changes).map(([path, hunks]) => {
    if (typeof hunks === 'string') return [`*** Add File: ${path}`, ...signed('+', hunks.trimEnd())];
    return [`*** Update File: ${path}`, ...hunks.flatMap(([old, made]) => ['@@', ...signed('-', old), ...signed('+', made)])];
  });
  return ['Done.', '', '*** Begin Patch', ...files.flat(), '*** End Patch'].join('\n');
}

function signed(sign, text) {
  return text.split('\n').map((line) => sign + line);
}

function send(response, delta, finish = null) {
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'mini', choices: [{ index: 0, delta, finish_reason: finish }] };
  if (finish) chunk.usage = { prompt_tokens: 1200, completion_tokens: 34, total_tokens: 1234 };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function json(response, value, status = 200) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}
