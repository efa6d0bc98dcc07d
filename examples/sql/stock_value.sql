-- report type: GET_STOCK_VALUE
-- about: What a seller's stock is worth, by category, as a workbook.
-- format: XLSX
-- option: order=value|category

WITH valued AS (
    SELECT
        split_part(products.category_path, ' >> ', 1) AS category,
        sum(stock.quantity) AS pieces,
        round(sum(stock.quantity * stock.price), 2) AS value
    FROM stock
    JOIN products ON products.id = stock.sku
    WHERE stock.seller_id = $seller AND stock.marketplace_id IN (SELECT unnest($marketplaces))
    GROUP BY ALL
)
SELECT category, pieces, value
FROM valued
ORDER BY CASE WHEN $option_order = 'value' THEN -value END, category;
