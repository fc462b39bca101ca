// Records in states that the demonstration does not come to, published at one of its nodes: out of force, sealed, with hostile texts.

const INVENTED = { ru: 'Придумано для проверки (пример)', en: 'Invented to be judged (sample)' };

const dataset = (title) => ({
  title, description: INVENTED, publisher: { name: { ru: 'Ведомство (пример)', en: 'Body (sample)' } }, spatial: ['UZ'],
});
const draft = (name, title, more = {}) => ({ kind: 'dataset', name, noPersonalData: true, body: dataset(title), ...more });

const RECORDS = [
  draft('judged-expired', { fa: 'دادهٔ پیشین (نمونه)' }, { valid: { from: '2020-01-01T00:00:00Z', until: '2021-01-01T00:00:00Z' } }),
  draft('judged-sealed', { ru: 'Запечатанная (пример)' }, { visibility: 'sealed' }),
  draft('judged-hostile', { ru: `<b onclick="x">${'Длинноеслово'.repeat(12)} \u202egnp.exe` }),
];

/** Publishes them; their names. */
export async function arrange(node) {
  const answer = await fetch(`${node.api}/records/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${node.api_key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ records: RECORDS }),
  });
  if (!answer.ok) throw new Error(`the node refuses: ${answer.status} ${await answer.text()}`);
  return RECORDS.map(({ name }) => name);
}
