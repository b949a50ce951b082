// Puts the page together.

const page = document.getElementById('page');
document.title = printable(data.file) + (changes ? ' compared with ' + printable(changes.other) : '')
    + ' – checkpoint report';

if (data.totals) {
  const panel = detailsPanel(row => choose(row, true));
  const table = tensorTable(row => choose(row, true));
  const choose = (row, open) => {
    panel.show(row);
    table.choose(row);
    if (open) panel.open();
  };
  const map = treemap((rows, title) => table.scope(rows, title), rows => {
    if (rows.length === 1) choose(rows[0], true);
    else { panel.showMany(rows); panel.open(); }
  });
  table.resetScope(map.reset);
  page.append(...[header(), problems(), warnings(row => choose(row, true)), changed(status => table.status(status)),
      graphSection(row => choose(row, true)),
    el('div', { class: 'columns' }, el('div', { class: 'main' }, map.element, table.element), rowCount ? panel.element
        : '')].filter(part => part));
  map.draw();
  table.draw();
  if (rowCount) {
    let first = 0;
    for (let row = 1; row < total; row++) if (Number(bytesOfRow[row]) > Number(bytesOfRow[first])) first = row;
    panel.show(first);
  }
  let printed = null;
  addEventListener('beforeprint', () => {
    printed = el('div', { class: 'paper' }, table.printed(), el('p', {}, table.printedNote()));
    table.element.append(printed);
  });
  addEventListener('afterprint', () => printed && printed.remove());
} else {
  page.append(...[header(), problems()].filter(part => part));
}
page.append(el('footer', {}, 'Made '
    + new Date(data.made).toISOString().replace('T', ' ').replace(/:\d\d(\.\d+)?Z/, ' UTC') + ' by tfckpt report. ',
  'Sizes are in powers of 1000.'));
