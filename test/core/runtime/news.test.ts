import { describe, expect, it } from 'vitest';
import { createNews } from '../../../core/runtime/news.ts';

const word = (sinceUs: number, ...tables: string[]) => ({ sinceUs, tables: new Set(tables) });
const forever = new AbortController().signal;

describe('news of what was stored', () => {
  it('wakes whoever waits, with what was stored', async () => {
    const news = createNews(true);
    const watcher = news.watch();
    const waiting = watcher.next(60_000, forever);
    news.stored(word(5, 'messages'));
    expect(await waiting).toEqual(word(5, 'messages'));
  });

  it('keeps what was stored meanwhile as one word, for each watcher apart', async () => {
    const news = createNews(true);
    const [one, other] = [news.watch(), news.watch()];
    news.stored(word(7, 'logs'));
    expect(await other.next(60_000, forever)).toEqual(word(7, 'logs'));
    news.stored(word(3, 'messages'));
    news.stored(word(9, 'logs'));
    expect(await one.next(60_000, forever)).toEqual(word(3, 'messages', 'logs'));
    expect(await other.next(60_000, forever)).toEqual(word(3, 'messages', 'logs'));
    expect(await one.next(1, forever)).toBeUndefined();
  });

  it('is watched as long as somebody waits, who may go in the middle of it', async () => {
    const news = createNews(false);
    expect(news.watched()).toBe(false);
    const watcher = news.watch();
    expect(news.watched()).toBe(true);
    const gone = new AbortController();
    const waiting = watcher.next(60_000, gone.signal);
    gone.abort();
    expect(await waiting).toBeUndefined();
    expect(await watcher.next(60_000, gone.signal)).toBeUndefined();
    watcher.end();
    watcher.end();
    expect(news.watched()).toBe(false);
    news.stored(word(1, 'messages'));
    expect(await news.watch().next(1, forever)).toBeUndefined();
  });
});
