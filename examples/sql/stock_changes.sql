-- report type: GET_STOCK_CHANGES
-- about: What of a seller's stock has changed in a range of time.
-- format: CSV
-- charset: Cp1252, replacing
-- data range: required
-- schedulable: yes

SELECT stock.sku, products.name, stock.marketplace_id, stock.quantity, stock.changed_at
FROM stock
LEFT JOIN products ON products.id = stock.sku
WHERE stock.seller_id = $seller
    AND stock.marketplace_id IN (SELECT unnest($marketplaces))
    AND stock.changed_at >= $start
    AND stock.changed_at < $end
ORDER BY stock.changed_at, stock.sku;
