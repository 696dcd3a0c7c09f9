import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../src/markdown';

test('what a model writes is never a link, an image or a tag of its own', () => {
  const hostile = [
    '![x](https://evil.example/pixel.png)',
    '[click](command:workbench.action.quit)',
    '<img src=https://evil.example/x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '<https://evil.example>',
    '[a]: javascript:alert(1)',
    '# <iframe src="//evil.example">',
    '- <b onclick=x>',
    '> <form action=//evil.example>',
    '```html\n</code></pre><script>alert(1)</script>\n```',
    '`</code><img src=x>`',
    '**<img src=x>** *<svg onload=x>*',
    '``` "onmouseover="x\nx\n```',
  ].join('\n\n');
  const tags = new Set([...render(hostile).matchAll(/<\/?([^\s>]*)[^>]*>/g)].map((each) => each[0].replace(/[</>]/g, '')));
  assert.deepEqual([...tags].sort(), ['blockquote', 'br', 'code', 'em', 'h1', 'li', 'p', 'pre', 'strong', 'ul'].filter((each) => tags.has(each)));
});

test('no text makes a tag with an attribute', () => {
  const bits = ['<', '>', '"', "'", '`', '*', '**', '![', '](', ')', '\n', '# ', '- ', '> ', '```', 'a', ' ', '&'];
  let seed = 7;
  const next = (): string => bits[(seed = (seed * 1103515245 + 12345) % 2147483648) % bits.length] ?? '';
  for (let round = 0; round < 2000; round++) {
    const text = Array.from({ length: 24 }, next).join('');
    for (const [tag] of render(text).matchAll(/<[^>]*>/g)) assert.match(tag, /^<\/?[a-z0-9]+>$/, JSON.stringify(text));
  }
});

test('what people write in Markdown looks so', () => {
  assert.equal(render('# Title\n\nSome **bold** and *soft* `a < b`.'), '<h1>Title</h1>\n<p>Some <strong>bold</strong> and <em>soft</em> <code>a &lt; b</code>.</p>');
  assert.equal(render('- one\n  - two\n- three'), '<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>');
  assert.equal(render('1. a\n2. b'), '<ol><li>a</li><li>b</li></ol>');
  assert.equal(render('```py\nx = 1\n\ny\n```\nafter'), '<pre><code>x = 1\n\ny</code></pre>\n<p>after</p>');
  assert.equal(render('```\nnever closed'), '<pre><code>never closed</code></pre>');
  assert.equal(render('> said\n> so\n\n---'), '<blockquote><p>said<br>so</p></blockquote>\n<hr>');
  assert.equal(render('snake_case_name * 2 * 3 and 2**3**4'), '<p>snake_case_name * 2 * 3 and 2<strong>3</strong>4</p>');
});

test('a long or strange text takes no time', () => {
  const began = performance.now();
  for (const each of ['*', '`', '**a', '- ', '> ', '#', '[', '  - a\n', '```\n', '\n']) render(each.repeat(20_000));
  assert.ok(performance.now() - began < 3000, `${performance.now() - began} ms`);
});
