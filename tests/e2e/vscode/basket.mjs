/** A file with something to say more simply, and how. */
import { patch } from './endpoint.mjs';

export const NAME = 'basket.py';

export const TEXT = `"""What a basket costs."""

VAT = 0.19


def total(basket):
    result = 0
    for i in range(len(basket)):
        result = result + basket[i].price
    return result


def with_vat(price):
    return price + price * VAT


def cheapest(basket):
    return sorted(basket, key=lambda item: item.price)[0]
`;

const LOOP = `    result = 0
    for i in range(len(basket)):
        result = result + basket[i].price
    return result`;

export const PATCH = patch({
  [NAME]: [
    [LOOP, '    return sum(item.price for item in basket)'],
    ['    return price + price * VAT', '    return price * (1 + VAT)'],
    ['    return sorted(basket, key=lambda item: item.price)[0]', '    return min(basket, key=lambda item: item.price)'],
  ],
});

/** What each of the three changes takes away, and what it brings. */
export const OLD = ['basket[i].price', 'price + price * VAT', 'sorted(basket'];
export const NEW = ['sum(item.price', 'price * (1 + VAT)', 'min(basket'];
